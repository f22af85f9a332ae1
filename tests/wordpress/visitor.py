"""Someone at the site without a browser: cookies, the dashboard's nonce, REST calls."""

import html
import json
import re
from http.cookiejar import CookieJar
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener


class Answer(NamedTuple):
    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class File(NamedTuple):
    content: bytes
    headers: dict[str, str]


class _Stay(HTTPRedirectHandler):
    """Takes a redirect as the answer."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Visitor:
    """Keeps cookies from one request to the next."""

    def __init__(self, site_url: str) -> None:
        self.site_url = site_url
        self.rest = f"{site_url}/wp-json/trading-robot-service/v1"
        self._jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._jar))
        self._staying = build_opener(HTTPCookieProcessor(self._jar), _Stay())

    def request(
        self,
        method: str,
        url: str,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        follow: bool = True,
    ) -> Answer:
        request = Request(url, data=data, method=method, headers=headers or {})
        opener = self._opener if follow else self._staying
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode(), _headers(answer.headers))
        except HTTPError as error:
            return Answer(error.code, error.read().decode(), _headers(error.headers))

    def download(self, url: str, headers: dict[str, str]) -> File:
        """A file that a POST gives; HTTPError when it gives none."""
        request = Request(url, data=b"{}", method="POST", headers=headers)
        with self._opener.open(request, timeout=30) as answer:
            return File(answer.read(), _headers(answer.headers))

    def cookies(self) -> list[dict[str, str]]:
        """The cookies, as a browser takes them."""
        return [
            {"name": c.name, "value": c.value or "", "domain": c.domain, "path": c.path}
            for c in self._jar
        ]

    def page(self, path: str) -> Answer:
        return self.request("GET", self.site_url + path)

    def first_answer(self, path: str) -> Answer:
        """A page, or the redirect that comes in its place."""
        return self.request("GET", self.site_url + path, follow=False)

    def nonce(self) -> str:
        found = re.search(r'data-config="([^"]+)"', self.page("/dashboard/").text)
        assert found, "the dashboard page carries its configuration"
        return str(json.loads(html.unescape(found.group(1)))["nonce"])

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, nonce: str | None = None
    ) -> Answer:
        headers = {"Content-Type": "application/json"} | ({"X-WP-Nonce": nonce} if nonce else {})
        data = None if body is None else json.dumps(body).encode()
        return self.request(method, f"{self.rest}/{path}", data, headers)

    def form(self, path: str, fields: dict[str, str]) -> Answer:
        return self.request("POST", self.site_url + path, urlencode(fields).encode())

    def sign_in(self, login: str, password: str) -> str:
        """Signs in on the dashboard page and gives the nonce for what follows."""
        body = {"login": login, "password": password}
        answer = self.call("POST", "sign-in", body, self.nonce())
        assert answer.status == 200, answer.text
        return self.nonce()


def _headers(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}

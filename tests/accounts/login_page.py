"""A connected site that sends its visitor to the login page, and the visitor who fills it in."""

import base64
import hashlib
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient

from .signing import EMAIL, PASSWORD
from .test_sites import assertion

BACK = "https://blog.example/wp-admin/admin.php?page=robots"
STATE = 'a b&c=d%20/+#~"<'  # everything that could be mangled on the way
VERIFIER = "a-verifier_of.43~characters-that-nobody-knows"
SAME = {"Sec-Fetch-Site": "same-origin"}


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def request_of(site_id: str, **fields: str) -> dict[str, str]:
    """What the site puts into the address of the login page."""
    return {
        "site_id": site_id,
        "redirect_uri": BACK,
        "state": STATE,
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    } | fields


def open_page(client: FlaskClient, asked: dict[str, str]) -> Any:
    return client.get("/account/link", query_string=asked)


def send(client: FlaskClient, asked: dict[str, str], **fields: str) -> Any:
    """The form of the page, as a browser sends it."""
    return client.post("/account/link", data=asked | fields, headers=SAME)


def sign_in(
    client: FlaskClient, asked: dict[str, str], password: str = PASSWORD, email: str = EMAIL
) -> Any:
    return send(client, asked, email=email, password=password)


def step_in(page: Any) -> str:
    """The hidden value of the form that asks for the code."""
    return html.unescape(re.findall(r'name="step" value="([^"]+)"', page.text)[0])


def answered(page: Any) -> dict[str, str]:
    """What the browser takes back to the site."""
    assert page.status_code == 303, page.text
    fields = parse_qs(urlsplit(page.headers["Location"]).query)
    return {name: values[0] for name, values in fields.items()}


def redeem(
    client: FlaskClient, site_id: str, code: str, verifier: str = VERIFIER, **claims: Any
) -> Any:
    body = {"assertion": assertion(site_id, **claims), "code": code, "code_verifier": verifier}
    return client.post("/api/sites/link", json=body)

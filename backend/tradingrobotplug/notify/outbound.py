"""Requests to addresses that users give: to the public Internet, and nowhere else.

The name is resolved once, every address it has must be public, and the connection goes to the
address that was checked: a name that leads elsewhere a moment later changes nothing. What is asked
for is a yes or a no, so redirects are not followed and an answer is read up to a few kilobytes.
"""

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, urlsplit

from ..errors import Invalid

CONNECT_SECONDS = 5
WHOLE_SECONDS = 15  # from the connection to the end of the answer, however slowly it drips
LONGEST_ANSWER = 8 * 1024
LONGEST_URL = 2000
_MOST_ADDRESSES = 2  # so that there is a connection before the whole time is up
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z][a-z0-9-]{0,62}\.?")
_NOT_PUBLIC_EITHER = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("::/96", "::ffff:0:0/96", "2002::/16", "64:ff9b::/32"),  # IPv4 in IPv6
        *("2001::/23", "192.0.0.0/24", "192.88.99.0/24"),  # for protocols (RFC 6890, RFC 7526)
        *("fec0::/10", "3fff::/20", "5f00::/16"),  # RFC 3879, RFC 9637, RFC 9602
    )
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, the beginning of the body, and the seconds of a Retry-After in seconds."""

    status: int
    text: str
    retry_after: int | None


class NotDelivered(Exception):
    """Nobody took it; it may be sent again."""


def refuse_unfit(url: str, *, allow_loopback: bool = False) -> None:
    """Invalid `address_not_allowed`, with the reason, for a URL that is never asked."""
    _checked(url, allow_loopback)


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allow_loopback: bool = False
) -> Answer:
    """POST the body, once. NotDelivered; Invalid `address_not_allowed`.

    `allow_loopback` lets this very machine be asked, and in plain: for tests and a sandbox.
    """
    parts = _checked(url, allow_loopback)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = _public_addresses(host, port, allow_loopback)
    line = _Line(host, port, addresses, is_encrypted=parts.scheme == "https")
    try:
        return _asked(line, parts, body, headers)
    except (OSError, HTTPException) as error:
        raise NotDelivered(f"{host} did not answer ({type(error).__name__}).") from error
    finally:
        line.close()


class _Line(HTTPConnection):
    """Connects to the addresses that were checked, in the name of the host that was asked for."""

    def __init__(
        self, host: str, port: int, addresses: Sequence[str], *, is_encrypted: bool
    ) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.default_port = 443 if is_encrypted else 80  # left out of `Host`
        self._addresses, self._is_encrypted = addresses, is_encrypted
        self._held: socket.socket | None = None  # `sock` is let go of when an answer begins

    def connect(self) -> None:
        """Without a proxy of the environment, which would resolve the name anew."""
        self.sock = self._held = self._connected()
        if self._is_encrypted:
            self.sock = self._held = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host.rstrip("."), do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _connected(self) -> socket.socket:
        """To the next address if one does not answer: where there is no IPv6, its addresses."""
        *others, last = self._addresses[:_MOST_ADDRESSES]
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, self.port), self.timeout)
        return socket.create_connection((last, self.port), self.timeout)

    def cut(self) -> None:
        """End whatever is being waited for."""
        if self._held is not None:
            with suppress(OSError):  # it has just ended by itself
                # Not the method of TLS sockets: it pulls the encryption from under a read.
                socket.socket.shutdown(self._held, socket.SHUT_RDWR)


def _asked(line: _Line, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> Answer:
    end = threading.Timer(WHOLE_SECONDS, line.cut)
    end.daemon = True
    end.start()
    try:
        line.connect()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request("POST", path, body, {**headers, "Connection": "close"})
        return _read(line.getresponse())
    finally:
        end.cancel()


def _read(response: HTTPResponse) -> Answer:
    text = response.read(LONGEST_ANSWER).decode("utf-8", "replace")
    wait = response.headers.get("Retry-After", "")
    return Answer(response.status, text, int(wait) if re.fullmatch(r"[0-9]{1,6}", wait) else None)


def _checked(url: str, allow_loopback: bool) -> SplitResult:
    if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise _not_allowed("Write the address with plain characters, as in https://example.com/x.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _not_allowed("This is not an address.") from error
    if parts.scheme != "https" and not (allow_loopback and parts.scheme == "http"):
        raise _not_allowed("The address must begin with https://.")
    if "@" in parts.netloc or parts.fragment or port == 0:
        raise _not_allowed("The address must hold no user, no password and no #.")
    literal = _literal(host)
    if literal is None and not _NAME.fullmatch(host):
        raise _not_allowed("The address holds no host name.")
    if literal is not None:
        _refuse_private(literal, allow_loopback)
    if parts.scheme == "http" and (literal is None or not literal.is_loopback):
        raise _not_allowed("The address must begin with https://.")
    return parts


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The host as an address in its one plain form: neither 0x7f000001 nor 2130706433 is one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _public_addresses(host: str, port: int, allow_loopback: bool) -> list[str]:
    """Where the host is. One address that is not public is enough to refuse all of them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered(f"{host} can't be found.") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        _refuse_private(ipaddress.ip_address(address), allow_loopback)
    return addresses


def _refuse_private(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, allow_loopback: bool
) -> None:
    if allow_loopback and address.is_loopback:
        return
    is_excepted = any(address in network for network in _NOT_PUBLIC_EITHER)
    if is_excepted or address.is_multicast or not address.is_global:
        raise _not_allowed("The address must lead to the public Internet.")


def _not_allowed(sentence: str) -> Invalid:
    return Invalid("address_not_allowed", sentence, {"url": [sentence]})

"""Where the login page may send a browser: back to the registered site, and nowhere else.

Browsers, servers and parsers read odd addresses differently, so what can be read in two ways is
refused instead of being interpreted (RFC 9700 section 4.1.3).
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

LONGEST = 500
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?&=+;,@!%\[\]]+")
_HOST = re.compile(r"[a-z0-9.-]+")
_PORTS = {"http": 80, "https": 443}
_OURS = {"code", "state", "error"}


def is_below(address: str, url: str) -> bool:
    """Whether the address lies on the origin of `url` and in its folder.

    The folder of https://a.example/blog holds /blog and /blog/x, not /blogger.
    """
    try:
        there = _plain_parts(address)
        is_home = origin(address) == origin(url)
        query = parse_qsl(there.query, keep_blank_values=True)
    except ValueError:
        return False
    folder = urlsplit(url).path.rstrip("/")
    return (
        is_home
        and f"{there.path}/".startswith(f"{folder}/")
        and _is_unambiguous(there.path)
        and not _OURS & {name for name, _ in query}
    )


def origin(url: str) -> str:
    """Scheme, host and port of an address, the way browsers write it; ValueError if it has none."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise ValueError("not an address of a web site")
    is_usual = port is None or port == _PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")


def with_query(address: str, **fields: str) -> str:
    """The address with these fields behind what its query holds already."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode(fields)}"


def _plain_parts(address: str) -> SplitResult:
    if len(address) > LONGEST or not _PLAIN.fullmatch(address):
        raise ValueError("not an address that everybody reads alike")
    parts = urlsplit(address)
    if "@" in parts.netloc:
        raise ValueError("holds a user name")
    return parts


def _is_unambiguous(path: str) -> bool:
    """No step up, nothing encoded that a server could take for a slash or decode twice."""
    decoded = unquote(path)
    steps = decoded.split("/")
    return (
        "." not in steps
        and ".." not in steps
        and "//" not in decoded
        and "\\" not in decoded
        and decoded.count("/") == path.count("/")
        and decoded.isprintable()
        and unquote(decoded) == decoded
    )

"""F1: what users name as an address is asked on the public Internet only, and never twice over."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notify.certificates import self_signed
from tests.notify.services import Service, running
from tradingrobotplug.errors import Invalid
from tradingrobotplug.notify import outbound

NAMED = "hooks.example.com"
PRIVATE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2001:0:7f00:1::", "2001:db8::1",
]  # fmt: skip
ODD = [
    "https://0x7f000001/", "https://2130706433/", "https://017700000001/", "https://127.1/",
    "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.0.0.1./", "https://[::1/",
    "https://a@93.184.216.34/", "https://example.com@127.0.0.1/", "https://example.com\\@x.org/",
    "https://example.com/#x", "https://example.com:0/", "https://example.com:99999/",
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
    "https:///x", "https://exam ple.com/", "https://example.com/\r\nX: y", "https://①②⑦.0.0.1/",
    "//example.com/", "https://example.com/" + "x" * 2000, "",
]  # fmt: skip
Answers = Callable[..., list[str]]


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as found:
        yield found


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Lets names lead to these addresses, one list per question; what was asked for."""
    true, asked = socket.getaddrinfo, list[str]()

    def lead(*answers: list[str]) -> list[str]:
        left = list(answers)

        def resolve(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            if host.replace(".", "").isdigit():  # the connection's own look at an address
                return true(host, port, type=socket.SOCK_STREAM)
            asked.append(host)
            return [(0, socket.SOCK_STREAM, 6, "", (found, port)) for found in left.pop(0)]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        return asked

    return lead


def post(url: str, **options: Any) -> outbound.Answer:
    return outbound.post(url, b"{}", {}, **options)


def refused(url: str, **options: Any) -> str:
    with pytest.raises(Invalid) as caught:
        post(url, **options)
    return caught.value.code


@pytest.mark.parametrize("address", PRIVATE)
def test_f1_an_address_that_is_not_public_is_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert refused(f"https://{host}/x") == "address_not_allowed"


@pytest.mark.parametrize("address", PRIVATE)
def test_f1_a_name_that_leads_to_one_is_refused(address: str, resolver: Answers) -> None:
    asked = resolver([address])
    assert refused(f"https://{NAMED}/x") == "address_not_allowed"
    assert asked == [NAMED]


@pytest.mark.parametrize("url", ODD)
def test_f1_other_ways_to_write_an_address_are_refused_unasked(url: str, resolver: Answers) -> None:
    asked = resolver()
    assert (refused(url), asked) == ("address_not_allowed", [])


def test_f1_one_private_address_among_public_ones_is_enough(resolver: Answers) -> None:
    resolver(["93.184.216.34", "10.0.0.1"])
    assert refused(f"https://{NAMED}/") == "address_not_allowed"


def test_f1_a_name_that_turns_private_after_it_was_accepted_is_refused(
    service: Service, resolver: Answers
) -> None:
    asked = resolver(["127.0.0.1"])
    outbound.refuse_unfit(f"https://{NAMED}:{service.port}/")
    assert refused(f"https://{NAMED}:{service.port}/") == "address_not_allowed"
    assert (asked, service.requests) == ([NAMED], [])


def test_f1_a_flipping_name_is_asked_once_and_the_checked_address_is_connected_to(
    service: Service, resolver: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolver(["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"])
    with running(self_signed(tmp_path, NAMED)) as secure:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        answer = post(f"https://{NAMED}:{secure.port}/in?a=b", allow_loopback=True)
    assert (answer.status, asked, secure.names) == (200, [NAMED], [NAMED])
    assert secure.last.headers["Host"] == f"{NAMED}:{secure.port}"
    assert secure.last.path == "/in?a=b"


def test_a_host_is_reached_at_its_next_address_if_one_does_not_answer(
    resolver: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver(["127.0.0.2", "127.0.0.1"])  # nobody listens at the first
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with running(self_signed(tmp_path, NAMED)) as secure:
        assert post(f"https://{NAMED}:{secure.port}/", allow_loopback=True).status == 200


@pytest.mark.parametrize("trusted", ["server.pem", "nothing.pem"])
def test_a_certificate_for_another_name_or_of_nobody_is_not_taken(
    trusted: str, resolver: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver(["127.0.0.1"])
    with running(self_signed(tmp_path, "other.example.com")) as secure:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / trusted))
        with pytest.raises(outbound.NotDelivered, match="SSLCertVerificationError"):
            post(f"https://{NAMED}:{secure.port}/", allow_loopback=True)
    assert secure.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_f1_a_redirect_is_an_answer_and_not_followed(status: int, service: Service) -> None:
    service.replies = [(status, b"", {"Location": f"{service.url}/inside"})]
    assert post(f"{service.url}/", allow_loopback=True).status == status
    assert [request.path for request in service.requests] == ["/"]


def test_f1_a_proxy_of_the_environment_is_not_asked(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert post(f"{service.url}/", allow_loopback=True).status == 200


def test_only_the_beginning_of_a_large_answer_is_read(service: Service) -> None:
    service.replies = [(200, b"x" * 5_000_000, {})]
    answer = post(f"{service.url}/", allow_loopback=True)
    assert (answer.status, len(answer.text)) == (200, outbound.LONGEST_ANSWER)


def drip(out: Any, beginning: bytes, drop: bytes) -> None:
    out.write(beginning)
    for _ in range(30):
        out.write(drop)
        out.flush()
        time.sleep(0.05)


def test_an_answer_that_never_begins_is_cut_off(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", 0.3)
    service.dribble = lambda out: drip(out, b"", b"HTTP/1.1 100 Continue\r\n\r\n")
    started = time.monotonic()
    with pytest.raises(outbound.NotDelivered):
        post(f"{service.url}/", allow_loopback=True)
    assert time.monotonic() - started < 1.2


def test_an_answer_that_never_ends_is_cut_off(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", 0.3)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    service.dribble = lambda out: drip(out, head, b"x")
    started = time.monotonic()
    assert post(f"{service.url}/", allow_loopback=True).status == 200
    assert time.monotonic() - started < 1.2


def test_nobody_there_and_no_such_name_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(outbound.NotDelivered, match=r"127\.0\.0\.1 did not answer"):
        post("http://127.0.0.1:9/", allow_loopback=True)

    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(outbound.NotDelivered, match=f"{NAMED} can't be found"):
        post(f"https://{NAMED}/")


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://example.com/", "https://10.0.0.1/"])
def test_allowing_loopback_allows_nothing_else(url: str) -> None:
    assert refused(url, allow_loopback=True) == "address_not_allowed"


def test_a_wait_that_is_asked_for_is_read(service: Service) -> None:
    service.replies = [(429, b"", {"Retry-After": "7"}), (429, b"", {"Retry-After": "soon"})]
    waits = [post(f"{service.url}/", allow_loopback=True).retry_after for _ in range(2)]
    assert waits == [7, None]

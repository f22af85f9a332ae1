"""A user whose account exists at the backend already proves that it is theirs."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from .conftest import Site
from .people import Person
from .stand_in import StandIn, answering
from .visitor import Answer, Visitor

pytestmark = pytest.mark.site

TOKEN = {"token": "token-of-the-linked-account", "expires_in": 600}
REFUSAL = {
    "error": "link_required",
    "message": "An account with this address exists.",
    "details": {},
    "request_id": "9f",
}


@pytest.fixture
def backend(site: Site) -> Iterator[StandIn]:
    """It knows the member's address, and takes every code."""
    answers: dict[str, tuple[int, Any]] = {
        "/api/sites/token": (409, REFUSAL),
        "/api/sites/link": (200, TOKEN),
        "/api/users/me": (200, {"user": {"email": "linked@example.com"}}),
    }
    with answering(site.files, answers) as backend:
        yield backend


def begin(person: Person) -> dict[str, str]:
    answer = person.visitor.call("POST", "link/start", {}, person.nonce)
    assert answer.status == 200, answer.text
    assert "no-store" in answer.headers["cache-control"]
    return dict(parse_qsl(urlsplit(answer.json["url"]).query))


def come_back(visitor: Visitor, **query: str) -> Answer:
    """What the dashboard page answers to the browser that the backend sent back."""
    return visitor.first_answer(f"/dashboard/?{urlencode({'trp_link': '1', **query})}")


def test_the_refusal_reaches_the_browser_as_it_came(member: Person, backend: StandIn) -> None:
    answer = member.visitor.call("GET", "me/users/me", nonce=member.nonce)
    assert (answer.status, answer.json) == (409, REFUSAL)
    assert answer.headers["x-request-id"] == "request-of-the-test"


def test_the_way_there_names_the_site_and_a_page_below_it(
    site: Site, member: Person, backend: StandIn
) -> None:
    answer = member.visitor.call("POST", "link/start", {}, member.nonce)
    assert answer.json["url"].startswith(f"{site.api_url}/account/link?")
    sent = begin(member)
    assert sent["redirect_uri"] == f"{site.wordpress_url}/dashboard/?trp_link=1"
    assert sent["code_challenge_method"] == "S256"
    assert len(sent["state"]) == len(sent["code_challenge"]) == 43


def test_a_code_is_traded_with_the_verifier_that_the_backend_was_shown_the_hash_of(
    site: Site, member: Person, backend: StandIn
) -> None:
    sent = begin(member)
    answer = come_back(member.visitor, code="the-code", state=sent["state"])
    assert answer.headers["location"] == f"{site.wordpress_url}/dashboard/?trp_linked=1"
    assert "no-cache" in answer.headers["cache-control"]
    body = backend.asked[-1]["body"]
    digest = hashlib.sha256(body["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == sent["code_challenge"]
    assert body["code"] == "the-code"
    mine = member.visitor.call("GET", "me/users/me", nonce=member.nonce)
    assert mine.json["user"]["email"] == "linked@example.com"


def test_a_state_that_was_not_given_out_links_nothing(member: Person, backend: StandIn) -> None:
    begin(member)
    answer = come_back(member.visitor, code="the-code", state="0" * 43)
    assert answer.headers["location"].endswith("/dashboard/?trp_link_error=link_expired")
    assert [asked["path"] for asked in backend.asked] == []


def test_a_state_counts_once(member: Person, backend: StandIn) -> None:
    state = begin(member)["state"]
    come_back(member.visitor, code="the-code", state=state)
    answer = come_back(member.visitor, code="another-code", state=state)
    assert answer.headers["location"].endswith("trp_link_error=link_expired")
    assert [asked["body"]["code"] for asked in backend.asked] == ["the-code"]


def test_a_state_counts_for_the_session_that_asked_only(
    site: Site, member: Person, demo: Person, backend: StandIn
) -> None:
    state = begin(member)["state"]
    foreign = come_back(demo.visitor, code="the-code", state=state)
    assert foreign.headers["location"].endswith("trp_link_error=link_expired")
    stranger = come_back(Visitor(site.wordpress_url), code="the-code", state=state)
    assert stranger.headers["location"].endswith("trp_link_error=link_expired")
    assert backend.asked == []


def test_a_user_who_cancels_comes_back_unlinked(member: Person, backend: StandIn) -> None:
    state = begin(member)["state"]
    answer = come_back(member.visitor, error="access_denied", state=state)
    assert answer.headers["location"].endswith("trp_link_error=access_denied")
    assert backend.asked == []


def test_the_backends_reason_comes_back_with_the_user(site: Site, member: Person) -> None:
    refusal = {"error": "already_linked", "message": "Linked.", "details": {}, "request_id": "a"}
    with answering(site.files, {"/api/sites/link": (409, refusal)}):
        state = begin(member)["state"]
        answer = come_back(member.visitor, code="the-code", state=state)
    assert answer.headers["location"].endswith("trp_link_error=already_linked")


def test_the_verifier_is_kept_sealed(site: Site, member: Person, backend: StandIn) -> None:
    state = begin(member)["state"]
    kept = site.options()
    assert any(name.startswith("_transient_trp_link_") for name in kept)
    assert not [name for name, value in kept.items() if state in str(value)]

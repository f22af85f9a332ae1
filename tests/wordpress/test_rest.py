"""The plugin's REST routes: who may call what, and what is passed on."""

import uuid
from typing import Any

import pytest

from .conftest import Site
from .people import Person
from .visitor import Visitor

pytestmark = pytest.mark.slow

OWN = [
    ("GET", "me/dashboard"),
    ("GET", "me/bots"),
    ("POST", "me/bots"),
    ("GET", "me/users/me"),
    ("DELETE", f"me/bots/{uuid.uuid4()}"),
    ("POST", f"me/signals/{uuid.uuid4()}/replay"),
]
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("sign-up", {"email": "someone@example.com", "password": "long enough to pass"}),
    ("sign-in", {"login": "someone", "password": "long enough to pass"}),
    ("sign-out", {}),
]
NOT_PASSED_ON = ["me/admin/users", "me/sites/token", "me/auth/login", "me/bots/../auth/login"]


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return Visitor(site.wordpress_url)


@pytest.fixture
def signed_in(demo: Person) -> tuple[Visitor, str]:
    return demo.visitor, demo.nonce


@pytest.mark.parametrize(("method", "path"), OWN)
def test_own_data_needs_a_login(visitor: Visitor, method: str, path: str) -> None:
    assert visitor.call(method, path).status == 401


@pytest.mark.parametrize(("method", "path"), OWN)
def test_own_data_needs_a_nonce_beside_the_cookie(
    signed_in: tuple[Visitor, str], method: str, path: str
) -> None:
    visitor, _ = signed_in
    assert visitor.call(method, path).status == 401
    assert visitor.call(method, path, nonce="0123456789").status == 403


@pytest.mark.parametrize(("path", "body"), FORMS)
def test_the_forms_need_the_nonce_of_the_dashboard_page(
    visitor: Visitor, path: str, body: dict[str, Any]
) -> None:
    assert visitor.call("POST", path, body).status in (401, 403)
    assert visitor.call("POST", path, body, nonce="0123456789").status == 403


@pytest.mark.parametrize("path", NOT_PASSED_ON)
def test_only_listed_addresses_are_passed_on(signed_in: tuple[Visitor, str], path: str) -> None:
    visitor, nonce = signed_in
    assert visitor.call("GET", path, nonce=nonce).status == 404


def test_a_user_reads_the_own_dashboard_and_no_cache_may_keep_it(
    site: Site, signed_in: tuple[Visitor, str]
) -> None:
    visitor, nonce = signed_in
    answer = visitor.call("GET", "me/users/me", nonce=nonce)
    assert answer.status == 200
    assert answer.json["user"]["email"] == site.demo["email"]
    assert "no-store" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]


def test_the_backends_refusals_come_through(signed_in: tuple[Visitor, str]) -> None:
    visitor, nonce = signed_in
    assert visitor.call("GET", f"me/bots/{uuid.uuid4()}", nonce=nonce).status == 404
    assert visitor.call("POST", "me/bots", {"name": ""}, nonce).status == 422


def test_a_new_account_is_signed_in_and_sees_nothing_of_others(
    site: Site, visitor: Visitor
) -> None:
    body = {"email": f"{uuid.uuid4().hex}@example.com", "password": "long enough to pass"}
    assert visitor.call("POST", "sign-up", body, visitor.nonce()).json == {"ok": True}
    nonce = visitor.nonce()
    assert visitor.call("GET", "me/users/me", nonce=nonce).json["user"]["email"] == body["email"]
    assert visitor.call("GET", "me/bots", nonce=nonce).json["bots"] == []
    foreign = f"me/bots/{site.demo['bot_id']}"
    assert visitor.call("GET", foreign, nonce=nonce).status == 404


def test_a_form_filled_by_a_machine_makes_no_account(visitor: Visitor) -> None:
    body = {"email": "machine@example.com", "password": "long enough to pass", "website": "x"}
    assert visitor.call("POST", "sign-up", body, visitor.nonce()).status == 400


def test_a_short_password_is_refused(visitor: Visitor) -> None:
    body = {"email": "short@example.com", "password": "elevenchars"}
    assert visitor.call("POST", "sign-up", body, visitor.nonce()).status == 400


def test_guessing_a_password_is_slowed_down(visitor: Visitor) -> None:
    body = {"login": f"{uuid.uuid4().hex}@example.com", "password": "not the password"}
    nonce = visitor.nonce()
    statuses = [visitor.call("POST", "sign-in", body, nonce).status for _ in range(11)]
    assert statuses == [401] * 10 + [429]


def test_after_signing_out_the_data_is_closed(member: Person) -> None:
    visitor, nonce = member.visitor, member.nonce
    assert visitor.call("POST", "sign-out", {}, nonce).status == 200
    assert visitor.call("GET", "me/dashboard", nonce=nonce).status in (401, 403)


@pytest.mark.parametrize("path", ["plans", "robots", "leaderboard"])
def test_public_answers_say_when_they_were_read(visitor: Visitor, path: str) -> None:
    answer = visitor.call("GET", f"public/{path}").json
    assert set(answer) == {"data", "as_of", "stale"}


def test_a_period_that_does_not_exist_is_refused(visitor: Visitor) -> None:
    assert visitor.call("GET", "public/leaderboard?period=yearly").status == 400


def test_the_record_of_an_unknown_robot_is_not_asked_for(visitor: Visitor) -> None:
    assert visitor.call("GET", "public/performance?plugin_id=unknown").status == 404

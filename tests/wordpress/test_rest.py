"""The plugin's REST routes: who may call what, and what is passed on."""

import io
import json
import uuid
import zipfile

import pytest

from .conftest import Site
from .people import PASSWORD, Person, enrol, sign_in
from .visitor import Visitor

pytestmark = pytest.mark.site

NOT_PASSED_ON = [
    "me/admin/users",
    "me/sites/token",
    "me/sites/link",
    "me/auth/login",
    "me/auth/password/change",
    "me/auth/2fa/enable/",
    "me/auth/2fa/other",
    "me/bots/../auth/login",
]
BOT = {
    "name": "Sent twice",
    "asset_type": "crypto",
    "exchange": "coinbase",
    "trading_mode": "paper",
    "position_sizing": {"type": "fixed_amount", "value": "1000"},
}
OWN_LISTS = {
    "me/auth/sessions": "sessions",
    "me/trading-accounts?page=1&limit=5": "trading_accounts",
    "me/audit?page=1&limit=5": "entries",
}


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return Visitor(site.wordpress_url)


@pytest.fixture
def signed_in(demo: Person) -> tuple[Visitor, str]:
    return demo.visitor, demo.nonce


@pytest.mark.parametrize("path", NOT_PASSED_ON)
def test_only_listed_addresses_are_passed_on(signed_in: tuple[Visitor, str], path: str) -> None:
    visitor, nonce = signed_in
    assert visitor.call("GET", path, nonce=nonce).status == 404


def test_p4_a_user_reads_the_own_data_and_no_cache_may_keep_it(
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


@pytest.mark.parametrize(("path", "name"), OWN_LISTS.items())
def test_a_user_reads_the_lists_of_the_own_account(
    signed_in: tuple[Visitor, str], path: str, name: str
) -> None:
    visitor, nonce = signed_in
    answer = visitor.call("GET", path, nonce=nonce)
    assert answer.status == 200, answer.text
    assert isinstance(answer.json[name], list)


def test_all_of_the_own_data_comes_as_a_file_that_no_cache_may_keep(
    site: Site, signed_in: tuple[Visitor, str]
) -> None:
    visitor, nonce = signed_in
    url, headers = f"{visitor.rest}/me/users/me/export", {"X-WP-Nonce": nonce}
    answer = visitor.download(url, headers)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "no-store" in answer.headers["cache-control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert site.demo["email"] in archive.read("profile.json").decode()


@pytest.mark.parametrize("field", ["password", "current_password", "new_password", "Password"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "me/auth/step-up"), ("POST", "me/auth/email/change"), ("DELETE", "me/users/me")],
)
def test_a_password_of_the_backend_is_not_let_through(
    signed_in: tuple[Visitor, str], method: str, path: str, field: str
) -> None:
    visitor, nonce = signed_in
    answer = visitor.call(method, path, {field: "a long walk by the sea"}, nonce)
    assert (answer.status, answer.json["error"]) == (400, "no_password_here")


def test_a_repeated_request_takes_effect_once(member: Person) -> None:
    enrol(member)
    headers = {
        "Content-Type": "application/json",
        "X-WP-Nonce": member.nonce,
        "Idempotency-Key": uuid.uuid4().hex,
    }
    body = json.dumps(BOT).encode()
    url = f"{member.visitor.rest}/me/bots"
    answers = [member.visitor.request("POST", url, body, headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    bots = member.visitor.call("GET", "me/bots", nonce=member.nonce).json["bots"]
    assert len(bots) == 1


def test_an_idempotency_key_that_is_none_is_refused(signed_in: tuple[Visitor, str]) -> None:
    visitor, nonce = signed_in
    headers = {"X-WP-Nonce": nonce, "Idempotency-Key": "x" * 256}
    answer = visitor.request("POST", f"{visitor.rest}/me/bots", b"{}", headers)
    assert (answer.status, answer.json["error"]) == (400, "invalid_idempotency_key")


def test_logging_out_everywhere_ends_the_other_sessions_of_the_site_too(
    site: Site, member: Person
) -> None:
    elsewhere = sign_in(site.wordpress_url, member.email, PASSWORD)
    answer = member.visitor.call("POST", "me/auth/logout-everywhere", {}, member.nonce)
    assert answer.status == 200, answer.text
    again = elsewhere.visitor.call("GET", "me/users/me", nonce=elsewhere.nonce)
    assert again.status in (401, 403)
    assert member.visitor.call("GET", "me/users/me", nonce=member.nonce).status == 200


def test_a_new_account_is_signed_in_and_sees_nothing_of_others(
    site: Site, visitor: Visitor
) -> None:
    body = {"email": f"{uuid.uuid4().hex}@example.com", "password": "long enough to pass"}
    assert visitor.call("POST", "sign-up", body, visitor.nonce()).json == {"ok": True}
    nonce = visitor.nonce()
    assert visitor.call("GET", "me/users/me", nonce=nonce).json["user"]["email"] == body["email"]
    refused = visitor.call("GET", "me/bots", nonce=nonce)
    assert (refused.status, refused.json["error"]) == (403, "second_factor_required")
    enrol(Person(body["email"], visitor, nonce))
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

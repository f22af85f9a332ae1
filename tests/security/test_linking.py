"""The login page for sites against who would be sent elsewhere, signed in as another, or linked."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from tests.accounts.authenticator import enrol, stop_clock
from tests.accounts.login_page import (
    SAME,
    VERIFIER,
    answered,
    open_page,
    redeem,
    request_of,
    send,
    sign_in,
    step_in,
)
from tests.accounts.signing import later, make_trader, signed_in
from tests.accounts.test_sites import assertion, make_code, register
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import sites
from tradingrobotplug.models import Site, User

OTHER_VERIFIER = VERIFIER[::-1]


@pytest.fixture
def trader(clean: None) -> User:
    return make_trader()


@pytest.fixture
def site_id(client: FlaskClient) -> str:
    return str(register(client, make_code()).json["site_id"])


@pytest.fixture
def asked(site_id: str) -> dict[str, str]:
    return request_of(site_id)


@pytest.fixture
def code(client: FlaskClient, trader: User, asked: dict[str, str]) -> str:
    return answered(sign_in(client, asked))["code"]


def is_dead_end(page: Any) -> bool:
    """Whether the page sends nobody anywhere, and shows nothing to sign in with."""
    return (
        page.status_code in (403, 422)
        and "Location" not in page.headers
        and "<form" not in page.text
        and "evil" not in page.text
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://blog.example.evil.com/",
        "//evil.com",
        "https://blog.example@evil.com/",
        "https://evil.com\\@blog.example/",
        "https://blog.example:8443/evil",
        "http://blog.example/evil",
        "javascript:evil()",
        "https://blog.example/%2e%2e/evil",
        "https://blog.example/?code=evil",
    ],
)
def test_an_address_elsewhere_is_a_dead_end_also_for_cancelling(
    client: FlaskClient, trader: User, asked: dict[str, str], address: str
) -> None:
    trap = asked | {"redirect_uri": address}
    pages = [open_page(client, trap), sign_in(client, trap), send(client, trap, cancel="1")]
    assert [is_dead_end(page) for page in pages] == [True] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"site_id": ""},
        {"site_id": str(uuid.UUID(int=1))},
        {"code_challenge": ""},
        {"code_challenge": "x" * 42},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
        {"state": ""},
        {"state": "x" * 513},
        {"state": "a\r\nevil: b"},
    ],
    ids=str,
)
def test_a_request_that_is_not_complete_is_a_dead_end(
    client: FlaskClient, trader: User, asked: dict[str, str], wrong: dict[str, str]
) -> None:
    assert is_dead_end(open_page(client, asked | wrong))
    assert is_dead_end(sign_in(client, asked | wrong))


def test_a_field_given_twice_is_not_read(client: FlaskClient, asked: dict[str, str]) -> None:
    twice = MultiDict(asked)
    twice.add("redirect_uri", "https://evil.example/")
    assert is_dead_end(client.get("/account/link", query_string=twice))
    assert is_dead_end(client.post("/account/link", data=twice, headers=SAME))


@pytest.mark.parametrize(
    "values",
    [{"revoked_at": clock.now()}, {"scopes": ["mailbox"]}],
    ids=["revoked", "mailbox_only"],
)
def test_a_site_that_may_not_act_for_users_gets_nobody_signed_in(
    client: FlaskClient, trader: User, asked: dict[str, str], values: dict[str, Any]
) -> None:
    with db.transaction() as session:
        session.execute(update(Site).values(values))
    assert is_dead_end(open_page(client, asked))
    assert is_dead_end(sign_in(client, asked))


def test_the_page_runs_nothing_stands_in_no_frame_and_sends_its_form_to_two_places_only(
    client: FlaskClient, trader: User, asked: dict[str, str]
) -> None:
    pages = [open_page(client, asked), sign_in(client, asked, password="x"), sign_in(client, asked)]
    assert [page.headers["Content-Security-Policy"] for page in pages] == [
        "default-src 'none'; style-src 'self'; form-action 'self' https://blog.example; "
        "base-uri 'none'; frame-ancestors 'none'"
    ] * 3
    assert {page.headers["X-Frame-Options"] for page in pages} == {"DENY"}
    assert {page.headers["Referrer-Policy"] for page in pages} == {"no-referrer"}
    assert {page.headers["Cache-Control"] for page in pages} == {"no-store"}


@pytest.mark.parametrize("origin", ["cross-site", "same-site", "none"])
def test_a_form_that_another_page_sends_is_refused(
    client: FlaskClient, trader: User, asked: dict[str, str], origin: str
) -> None:
    form = asked | {"email": trader.email, "password": "x"}
    page = client.post("/account/link", data=form, headers={"Sec-Fetch-Site": origin})
    assert is_dead_end(page)


def test_i3_markup_in_what_is_shown_stays_text(client: FlaskClient, trader: User) -> None:
    markup = '"><script>evil()</script>'
    evil = register(client, make_code(), name=markup).json["site_id"]
    asked = request_of(evil, state=markup)
    pages = [open_page(client, asked), sign_in(client, asked, email=markup)]
    assert [("<script" in page.text, page.text.count("&lt;script")) for page in pages] == [
        (False, 2),
        (False, 3),
    ]


def test_a_wrong_verifier_gets_nothing_and_ends_the_code(
    client: FlaskClient, site_id: str, code: str
) -> None:
    wrong = redeem(client, site_id, code, OTHER_VERIFIER)
    assert (wrong.status_code, wrong.json["error"]) == (422, "code_not_valid")
    assert redeem(client, site_id, code).status_code == 422


@pytest.mark.parametrize("verifier", ["", "v" * 42, "v" * 129, "é" * 43, f"{VERIFIER}\n"])
def test_what_is_no_verifier_is_refused_before_the_code_is_looked_at(
    client: FlaskClient, site_id: str, code: str, verifier: str
) -> None:
    assert redeem(client, site_id, code, verifier).json["error"] == "invalid_input"
    assert redeem(client, site_id, code).status_code == 200


def test_a_code_of_one_site_is_worth_nothing_to_another(
    client: FlaskClient, site_id: str, code: str
) -> None:
    other = register(client, make_code(), url="https://other.example").json["site_id"]
    assert redeem(client, other, code).status_code == 422
    assert redeem(client, site_id, code).status_code == 200


def test_a_code_works_once_also_in_parallel(app: Flask, site_id: str, code: str) -> None:
    def attempt(_: int) -> int:
        return int(redeem(app.test_client(), site_id, code).status_code)

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(attempt, range(6)))
    assert statuses == [200] + [422] * 5


def test_a_code_of_five_minutes_is_dead(
    client: FlaskClient, site_id: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, timedelta(minutes=5))
    late = redeem(client, site_id, code, iat=clock.now().timestamp(), exp=_in_a_minute())
    assert (late.status_code, late.json["error"]) == (422, "code_not_valid")


def test_a_code_needs_a_genuine_assertion_of_its_site(
    client: FlaskClient, site_id: str, code: str
) -> None:
    assert redeem(client, site_id, code, aud="another-api").status_code == 401
    assert redeem(client, site_id, code).status_code == 200


def test_a_used_assertion_links_nobody(client: FlaskClient, site_id: str, code: str) -> None:
    body = {"assertion": assertion(site_id), "code": code, "code_verifier": VERIFIER}
    client.post("/api/sites/token", json={"assertion": body["assertion"]})
    assert client.post("/api/sites/link", json=body).status_code == 401


def test_a_code_dies_with_its_site(client: FlaskClient, site_id: str, code: str) -> None:
    with db.transaction() as session:
        sites.revoke(session, uuid.UUID(site_id), clock.now())
    assert redeem(client, site_id, code).status_code == 401


def test_a_suspended_user_is_linked_to_nothing(
    client: FlaskClient, site_id: str, code: str
) -> None:
    with db.transaction() as session:
        session.execute(update(User).values(suspended_at=clock.now()))
    assert redeem(client, site_id, code).status_code == 401


def test_a_form_that_a_double_click_sends_twice_counts_no_failure(
    app: Flask,
    client: FlaskClient,
    trader: User,
    asked: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phone = enrol(client, signed_in(client))
    stop_clock(monkeypatch, clock.now() + timedelta(minutes=1))
    form = {"step": step_in(sign_in(client, asked)), "code": phone.code()}
    with ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda _: send(app.test_client(), asked, **form), range(6)))
    assert len({answered(page)["code"] for page in pages}) == 1


def test_l12_a_code_of_the_authenticator_counts_once_however_many_pages_ask_for_it(
    app: Flask,
    client: FlaskClient,
    trader: User,
    asked: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phone = enrol(client, signed_in(client))
    stop_clock(monkeypatch, clock.now() + timedelta(minutes=1))
    steps = [step_in(sign_in(client, asked | {"state": f"tab {n}"})) for n in range(4)]

    def attempt(n: int) -> int:
        mine = asked | {"state": f"tab {n}"}
        page = send(app.test_client(), mine, step=steps[n], code=phone.code())
        return int(page.status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [303, 422, 422, 422]


def _in_a_minute() -> float:
    return clock.now().timestamp() + 60

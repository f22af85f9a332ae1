"""The pages that links lead to: nothing happens by opening one, and nothing runs in it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_user
from tests.mailbox import link, token
from tradingrobotplug import db
from tradingrobotplug.accounts import jobs
from tradingrobotplug.models import ForgottenPassword, User

from .signing import EMAIL, NEW, OTHER, PASSWORD, log_in, make_trader

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def reset_path(client: FlaskClient, clean: None) -> str:
    make_trader()
    client.post("/api/auth/password/forgot", json={"email": EMAIL})
    with db.transaction() as session:
        asked = session.scalars(select(ForgottenPassword.id)).one()
    jobs.answer_forgotten(str(asked))
    return link("reset").removeprefix(BASE)


@pytest.fixture
def verify_path(client: FlaskClient) -> str:
    form = {"email": EMAIL, "password": PASSWORD, "confirm_password": PASSWORD}
    client.post("/api/auth/register", json=form)
    return link("verify").removeprefix(BASE)


def submit(client: FlaskClient, path: str, **fields: str) -> Any:
    page, _, given = path.partition("?token=")
    return client.post(page, data={"token": given} | fields)


def is_verified() -> bool:
    with db.transaction() as session:
        return session.scalars(select(User.email_verified_at)).one() is not None


def test_l15_opening_a_link_changes_nothing_and_its_button_acts(
    client: FlaskClient, verify_path: str
) -> None:
    pages = [client.get(verify_path), client.get(verify_path), client.head(verify_path)]
    assert ([page.status_code for page in pages], is_verified()) == ([200] * 3, False)
    assert "Confirm the address</button>" in pages[0].text
    assert (submit(client, verify_path).status_code, is_verified()) == (200, True)


def test_a_used_link_shows_no_button(client: FlaskClient, verify_path: str) -> None:
    submit(client, verify_path)
    page = client.get(verify_path)
    assert (page.status_code, "<form" in page.text) == (422, False)
    assert "has been used or has expired" in page.text


def test_a_password_is_set_without_javascript(client: FlaskClient, reset_path: str) -> None:
    assert 'autocomplete="new-password"' in client.get(reset_path).text
    assert submit(client, reset_path, **NEW).status_code == 200
    assert log_in(client, OTHER).status_code == 200


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"password": OTHER, "confirm_password": PASSWORD}, "not the same"),
        ({"password": "short", "confirm_password": "short"}, "at least 12 characters"),
    ],
)
def test_a_password_that_can_not_be_used_is_asked_for_again(
    client: FlaskClient, reset_path: str, fields: dict[str, str], says: str
) -> None:
    page = submit(client, reset_path, **fields)
    assert (page.status_code, says in page.text, "<form" in page.text) == (422, True, True)
    assert submit(client, reset_path, **NEW).status_code == 200


@pytest.mark.parametrize("purpose", ["verify", "reset", "email", "delete"])
def test_i3_a_token_that_is_markup_is_not_shown(client: FlaskClient, purpose: str) -> None:
    markup = '"><script>alert(1)</script>'
    shown = client.get(f"/account/{purpose}", query_string={"token": markup})
    sent = client.post(f"/account/{purpose}", data={"token": markup} | NEW)
    assert (shown.status_code, sent.status_code) == (422, 422)
    assert "<script" not in shown.text + sent.text


def test_the_pages_allow_no_script_no_frame_and_no_foreign_form(
    client: FlaskClient, verify_path: str
) -> None:
    page = client.get(verify_path)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert ("script-src" in policy, "unsafe" in policy) == (False, False)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get("/account/style.css").mimetype == "text/css"


def test_l15_the_host_header_does_not_change_a_page(client: FlaskClient, verify_path: str) -> None:
    assert "evil.example" not in client.get(verify_path, headers={"Host": "evil.example"}).text


def test_a_link_of_one_page_does_nothing_at_another(client: FlaskClient, verify_path: str) -> None:
    make_user("other@example.com")
    for_reset = verify_path.replace("/verify", "/reset")
    assert submit(client, for_reset, **NEW).status_code == 422
    assert token("verify") not in client.get(for_reset).text

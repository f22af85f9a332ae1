"""Connected sites: one-time codes, keys, assertions, and the tokens they are traded for."""

import base64
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import make_user
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import site_users, sites
from tradingrobotplug.models import Site, User, UserSession

KEY = Ed25519PrivateKey.generate()
SUBJECT = str(uuid.uuid4())
NEVER = "left out"


@dataclass(frozen=True)
class In:
    """So many seconds from now, whenever the test runs."""

    seconds: float


def encoded(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def make_code(age: timedelta = timedelta()) -> str:
    with db.transaction() as session:
        return sites.make_code(session, clock.now() - age)


def register(client: FlaskClient, code: str, **fields: Any) -> Any:
    form = {"name": "Blog", "url": "https://blog.example", "public_key": encoded(KEY)}
    return client.post("/api/sites/register", json={"code": code} | form | fields)


@pytest.fixture
def site_id(client: FlaskClient) -> str:
    answer = register(client, make_code())
    assert answer.status_code == 201
    return str(answer.json["site_id"])


def assertion(
    site_id: str, key: Any = KEY, algorithm: str = "EdDSA", headers: Any = None, **claims: Any
) -> str:
    now = time.time()
    content = {
        "iss": site_id,
        "sub": SUBJECT,
        "aud": "tradingrobotplug-api",
        "iat": now,
        "exp": now + 60,
        "jti": str(uuid.uuid4()),
        "email": "visitor@example.com",
        "email_verified": True,
        "sid": "session-1",
    } | claims
    kept = {
        name: now + value.seconds if isinstance(value, In) else value
        for name, value in content.items()
        if value is not NEVER
    }
    return jwt.encode(kept, key, algorithm=algorithm, headers=headers)


def exchange(client: FlaskClient, text: str) -> Any:
    return client.post("/api/sites/token", json={"assertion": text})


def me(client: FlaskClient, answer: Any) -> int:
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    return client.get("/api/users/me", headers=headers).status_code


def count(table: Any) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_code_connects_one_site(client: FlaskClient) -> None:
    code = make_code()
    assert register(client, code.lower().replace("-", " ")).status_code == 201
    again = register(client, code)
    assert (again.status_code, again.json["error"]) == (422, "code_not_valid")


def test_of_parallel_uses_of_a_code_one_connects(app: Flask, clean: None) -> None:
    code = make_code()
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda _: register(app.test_client(), code).status_code, range(6))
    assert sorted(answers) == [201] + [422] * 5
    assert count(Site) == 1


def test_a_code_of_more_than_fifteen_minutes_is_dead(client: FlaskClient) -> None:
    old = make_code(age=timedelta(minutes=15, seconds=1))
    assert register(client, old).status_code == 422
    assert register(client, make_code(age=timedelta(minutes=14))).status_code == 201


@pytest.mark.parametrize("key", ["", "abc", "A" * 47, "!" * 43])
def test_what_is_not_an_ed25519_key_is_refused_and_the_code_stays_good(
    client: FlaskClient, key: str
) -> None:
    code = make_code()
    assert register(client, code, public_key=key).status_code == 422
    assert register(client, code).status_code == 201


def test_a_visitor_of_the_site_gets_an_account_and_a_token_of_ten_minutes(
    client: FlaskClient, site_id: str
) -> None:
    answer = exchange(client, assertion(site_id))
    assert answer.status_code == 200
    assert answer.json["expires_in"] == 600
    assert answer.json["user"]["email"] == "visitor@example.com"
    assert "refresh_token" not in answer.json
    assert me(client, answer) == 200
    token = jwt.decode(answer.json["token"], options={"verify_signature": False})
    assert token["exp"] - token["iat"] == 600


def test_the_same_subject_is_the_same_user_whatever_email_it_has_now(
    client: FlaskClient, site_id: str
) -> None:
    first = exchange(client, assertion(site_id))
    second = exchange(client, assertion(site_id, email="new@example.com"))
    assert first.json["user"] == second.json["user"]
    assert count(User) == 1


def test_a_session_of_the_site_is_one_row_and_a_new_one_another(
    client: FlaskClient, site_id: str
) -> None:
    exchange(client, assertion(site_id))
    exchange(client, assertion(site_id))
    assert count(UserSession) == 1
    exchange(client, assertion(site_id, sid="session-2"))
    assert count(UserSession) == 2


def test_parallel_first_exchanges_make_one_user_and_one_session(app: Flask, site_id: str) -> None:
    texts = [assertion(site_id) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda text: exchange(app.test_client(), text), texts))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert (count(User), count(UserSession)) == (1, 1)


def test_an_assertion_is_accepted_once_also_in_parallel(app: Flask, site_id: str) -> None:
    text = assertion(site_id)
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda _: exchange(app.test_client(), text).status_code, range(6))
    assert sorted(answers) == [200] + [401] * 5


def test_an_existing_account_is_never_taken_over_by_its_email(
    client: FlaskClient, site_id: str
) -> None:
    make_user("visitor@example.com")
    answer = exchange(client, assertion(site_id, email="Visitor@Example.com"))
    assert (answer.status_code, answer.json["error"]) == (409, "link_required")
    assert count(UserSession) == 0


def test_a_linked_account_is_used(client: FlaskClient, site_id: str) -> None:
    user = make_user("visitor@example.com")
    with db.transaction() as session:
        site_users.link(session, uuid.UUID(site_id), SUBJECT, user.id, clock.now())
    assert exchange(client, assertion(site_id)).json["user"]["id"] == str(user.id)


def test_a_suspended_user_gets_no_token(client: FlaskClient, site_id: str) -> None:
    user = make_user("visitor@example.com", suspended_at=clock.now())
    with db.transaction() as session:
        site_users.link(session, uuid.UUID(site_id), SUBJECT, user.id, clock.now())
    assert exchange(client, assertion(site_id)).status_code == 401


def test_role_and_plan_in_an_assertion_mean_nothing(client: FlaskClient, site_id: str) -> None:
    answer = exchange(client, assertion(site_id, role="admin", plan="premium"))
    assert (answer.json["user"]["role"], answer.json["user"]["plan"]) == ("user", "free")


@pytest.mark.parametrize(
    "claims",
    [
        *({name: NEVER} for name in ("iss", "sub", "aud", "iat", "exp", "jti", "email", "sid")),
        {"email_verified": NEVER},
        {"email_verified": "yes"},
        {"aud": "another-api"},
        {"iss": str(uuid.UUID(int=1))},
        {"iss": "x"},
        {"sub": "1"},
        {"email": "no address"},
        {"email": "a\x00@example.com"},
        {"sid": ""},
        {"sid": 5},
        {"jti": "short"},
        {"exp": In(1e20), "iat": In(0)},
        {"exp": "tomorrow"},
        {"exp": True},
        {"iat": In(30), "exp": In(80)},
        {"iat": In(-90), "exp": In(-30)},
        {"iat": In(0), "exp": In(600)},
        {"iat": In(5), "exp": In(1)},
    ],
    ids=str,
)
def test_an_incomplete_stale_or_foreign_assertion_is_refused(
    client: FlaskClient, site_id: str, claims: dict[str, Any]
) -> None:
    answer = exchange(client, assertion(site_id, **claims))
    assert (answer.status_code, answer.json["error"]) == (401, "assertion_refused")
    assert count(User) == 0


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (Ed25519PrivateKey.generate(), "EdDSA"),
        ("", "none"),
        (encoded(KEY).encode(), "HS256"),
        (KEY.public_key().public_bytes_raw(), "HS512"),
    ],
    ids=["another key", "none", "public key as secret", "raw public key as secret"],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_only_the_sites_own_key_and_algorithm_count(
    client: FlaskClient, site_id: str, key: Any, algorithm: str
) -> None:
    text = assertion(site_id, key=key, algorithm=algorithm, headers={"kid": "../../x"})
    assert exchange(client, text).status_code == 401


@pytest.mark.parametrize("text", ["x", "a.b.c", "é.é.é", "." * 2000])
def test_what_is_not_a_jwt_is_refused(client: FlaskClient, site_id: str, text: str) -> None:
    assert exchange(client, text).status_code == 401


def test_another_sites_subject_is_another_user(client: FlaskClient, site_id: str) -> None:
    other = register(client, make_code(), name="Other").json["site_id"]
    exchange(client, assertion(site_id))
    answer = exchange(client, assertion(other))
    assert (answer.status_code, answer.json["error"]) == (409, "link_required")


def test_signing_out_at_the_site_ends_that_session_only(client: FlaskClient, site_id: str) -> None:
    here = exchange(client, assertion(site_id))
    there = exchange(client, assertion(site_id, sid="session-2"))
    out = client.post("/api/sites/logout", json={"assertion": assertion(site_id)})
    assert out.json == {"success": True}
    assert (me(client, here), me(client, there)) == (401, 200)
    assert me(client, exchange(client, assertion(site_id))) == 200


def test_tokens_and_assertions_of_a_revoked_site_die_at_once(
    client: FlaskClient, site_id: str
) -> None:
    answer = exchange(client, assertion(site_id))
    with db.transaction() as session:
        sites.revoke(session, uuid.UUID(site_id), clock.now())
    assert me(client, answer) == 401
    assert exchange(client, assertion(site_id)).status_code == 401


def test_sessions_of_sites_do_not_push_out_the_users_own(app: Flask, site_id: str) -> None:
    client = app.test_client()
    form = {"email": "v@example.com", "password": "purple lamp otter 91"}
    own = client.post("/api/auth/register", json=form | {"confirm_password": form["password"]})
    with db.transaction() as session:
        user_id = uuid.UUID(own.json["user"]["id"])
        site_users.link(session, uuid.UUID(site_id), SUBJECT, user_id, clock.now())
    answers = [exchange(client, assertion(site_id, sid=f"session-{n}")) for n in range(4)]
    assert me(client, own) == 200
    assert [me(client, answer) for answer in answers] == [200] * 4

"""A password is hashed only for those who may still try.

The stored hash is made unreadable: bcrypt fails at it, so that whoever comes as far is seen.
"""

from flask.testing import FlaskClient
from sqlalchemy import update

from tradingrobotplug import db
from tradingrobotplug.models import User

from .signing import EMAIL, log_in, make_trader


def spoil_hashes() -> None:
    with db.transaction() as session:
        session.execute(update(User).values(password_hash="unreadable"))


def test_an_unreadable_hash_shows_who_comes_as_far(client: FlaskClient) -> None:
    make_trader()
    spoil_hashes()
    assert log_in(client).status_code == 500


def test_a_locked_account_is_refused_before_hashing(client: FlaskClient) -> None:
    make_trader()
    tried = [log_in(client, "wrong").status_code for _ in range(5)]
    spoil_hashes()
    answer = log_in(client)
    assert (tried, answer.status_code) == ([401] * 5, 429)
    assert answer.json["error"] == "too_many_attempts"


def test_an_address_over_its_limit_is_refused_before_hashing(client: FlaskClient) -> None:
    make_trader()
    tried = [log_in(client, "x", f"nobody{n}@example.com").status_code for n in range(20)]
    spoil_hashes()
    answer = log_in(client, email=EMAIL)
    assert (tried, answer.status_code) == ([401] * 20, 429)
    assert answer.json["error"] == "too_many_requests"

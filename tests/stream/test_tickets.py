import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from websockets.exceptions import InvalidStatus

from tests.factories import KEY, headers_for, make_key
from tests.stream.conftest import Stream
from tradingrobotplug import clock, db, queues
from tradingrobotplug.models import Site, Subscription, User, UserSession
from tradingrobotplug.stream import tickets

SITE = "https://blog.example"


def refusal(stream: Stream, ticket: str, origin: str | None = None) -> int:
    with pytest.raises(InvalidStatus) as caught:
        stream.connect(ticket, origin)
    return int(caught.value.response.status_code)


def test_a_ticket_says_where_to_connect_and_how_long_it_is_good(
    app: Flask, client: FlaskClient, user: User
) -> None:
    answer = client.post("/api/stream/tickets", headers=headers_for(app, user))
    shown = answer.get_json()
    assert (shown["url"], shown["expires_in"]) == ("ws://127.0.0.1:8000/stream", 30)
    assert len(shown["ticket"]) == 43


def test_a_ticket_is_kept_hashed_and_for_half_a_minute(stream: Stream, user: User) -> None:
    ticket = stream.ticket(user)
    (key,) = queues.redis().keys("stream:ticket:*")
    kept = queues.redis().get(key)
    assert ticket.encode() not in key + kept
    assert 25 < queues.redis().ttl(key) <= 30


def test_a_ticket_opens_one_connection(stream: Stream, user: User) -> None:
    ticket = stream.ticket(user)
    with stream.connect(ticket):
        assert refusal(stream, ticket) == 401


def test_a_ticket_that_is_too_old_opens_nothing(
    stream: Stream, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "LIFETIME_SECONDS", 1)
    ticket = stream.ticket(user)
    time.sleep(1.1)
    assert refusal(stream, ticket) == 401


@pytest.mark.parametrize("ticket", ["", "t" * 43, "%00", "%ff%fe"])
def test_what_is_no_ticket_opens_nothing(stream: Stream, ticket: str) -> None:
    assert refusal(stream, ticket) == 401


def test_a_ticket_dies_with_its_session(stream: Stream, user: User) -> None:
    ticket = stream.ticket(user)
    with db.transaction() as session:
        session.execute(update(UserSession).values(revoked_at=clock.now()))
    assert refusal(stream, ticket) == 401


@pytest.mark.parametrize("column", ["suspended_at", "leaving_at"])
def test_a_ticket_dies_with_its_user(stream: Stream, user: User, column: str) -> None:
    ticket = stream.ticket(user)
    with db.transaction() as session:
        setattr(session.get_one(User, user.id), column, clock.now())
    assert refusal(stream, ticket) == 401


@pytest.fixture
def key(user: User) -> str:
    """A live API key of the user, whose plan has API access."""
    now = clock.now()
    with db.transaction() as session:
        session.add(
            Subscription(user_id=user.id, plan_id="premium", status="active", updated_at=now)
        )
    make_key(user)
    return KEY


def test_an_api_key_that_reads_gets_a_ticket(stream: Stream, user: User, key: str) -> None:
    with stream.connect(stream.ticket(user, **{"X-API-Key": key})):
        assert stream.connected() == 1


def test_a_path_besides_the_stream_leads_nowhere(stream: Stream) -> None:
    assert (stream.status("/"), stream.status("/health")) == (404, 200)


@pytest.fixture
def sites(clean: None) -> None:
    now = clock.now()
    with db.transaction() as session:
        for url, revoked_at in ((f"{SITE}/shop", None), ("https://gone.example", now)):
            session.add(
                Site(
                    name="S", url=url, public_key="k", scopes=[], created_at=now,
                    revoked_at=revoked_at,
                )
            )  # fmt: skip


def test_a_page_of_a_connected_site_may_connect(stream: Stream, user: User, sites: None) -> None:
    with stream.connect(stream.ticket(user), SITE):
        assert stream.connected() == 1


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://gone.example", "null", "", f"{SITE}.evil.example"]
)
def test_a_page_of_anywhere_else_may_not_and_its_ticket_stays(
    stream: Stream, user: User, sites: None, origin: str
) -> None:
    ticket = stream.ticket(user)
    assert refusal(stream, ticket, origin) == 403
    with stream.connect(ticket):
        assert stream.connected() == 1

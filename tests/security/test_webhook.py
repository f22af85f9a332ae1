"""The webhook against those who found it, guessed it, or send it rubbish. W2 has its own file."""

import gzip
import hashlib
import hmac
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.apis import api
from tests.factories import SECRET, headers_for, make_bot
from tests.signals.alerts import BUY, change, post, stored
from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Bot, Order, User
from tradingrobotplug.signals import admission, draining, jobs
from tradingrobotplug.signals.committer import Committer, Unreachable

NEW = "n" * 43
TRADINGVIEW = ["52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7"]


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user)


def orders(bot: Bot) -> list[Order]:
    """What was ordered once everything stored has been worked on."""
    jobs.process_signals(str(bot.id))
    with db.transaction() as session:
        return list(session.scalars(select(Order).where(Order.bot_id == bot.id)))


def statuses(bot: Bot) -> list[str]:
    return [signal.status for signal in stored(bot)]


def test_w1_a_wrong_secret_an_unknown_and_a_deleted_bot_look_the_same(
    client: FlaskClient, user: User, bot: Bot
) -> None:
    gone = make_bot(user, deleted_at=clock.now())
    answers = [
        post(client, bot, secret="x" * 43),
        post(client, bot, secret=SECRET[:-1] + "x"),
        client.post(f"/webhook/{uuid.uuid4()}/{SECRET}", data=b"{}"),
        client.post(f"/webhook/nonsense/{SECRET}", data=b"{}"),
        post(client, gone),
    ]
    seen = [(a.status_code, a.json | {"request_id": ""}, len(a.headers)) for a in answers]
    assert seen == [seen[0]] * 5
    assert seen[0][0] == 404
    assert stored(bot) == stored(gone) == []


def test_w1_a_bot_refuses_as_soon_as_it_is_deleted(client: FlaskClient, bot: Bot) -> None:
    post(client, bot)
    change(bot, deleted_at=clock.now())
    assert post(client, bot, BUY | {"orderId": "2"}).status_code == 404


@pytest.mark.parametrize("previous", [None, "1" * 64])
@pytest.mark.parametrize("given", ["0" * 64, "1" * 64, "2" * 64])
@pytest.mark.parametrize("is_known", [True, False])
def test_w1_two_hashes_are_compared_in_constant_time_whatever_there_is(
    monkeypatch: pytest.MonkeyPatch, previous: str | None, given: str, is_known: bool
) -> None:
    compared: list[tuple[int, int]] = []
    compare = hmac.compare_digest
    monkeypatch.setattr(
        admission.hmac,
        "compare_digest",
        lambda a, b: compared.append((len(a), len(b))) or compare(a, b),
    )
    state = admission.BotState(
        uuid.uuid4(), uuid.uuid4(), "2" * 64, previous, None, "running", {}, 1, False, 0,
        clock.now(), 0, 0,
    )  # fmt: skip
    known = {True: state, False: None}[is_known]
    assert admission.secret_fits(known, given, clock.now()) is (is_known and given == "2" * 64)
    assert compared == [(64, 64), (64, 64)]


def test_w3_a_rotated_secret_works_until_its_overlap_ends(client: FlaskClient, bot: Bot) -> None:
    change(
        bot,
        secret_hash=hashlib.sha256(NEW.encode()).hexdigest(),
        previous_secret_hash=bot.secret_hash,
        previous_secret_until=clock.now() + timedelta(minutes=1),
    )
    assert post(client, bot).status_code == 200
    assert post(client, bot, BUY | {"orderId": "2"}, secret=NEW).status_code == 200
    change(bot, previous_secret_until=clock.now() - timedelta(seconds=1))
    assert post(client, bot, BUY | {"orderId": "3"}).status_code == 404
    assert post(client, bot, BUY | {"orderId": "4"}, secret=NEW).status_code == 200


def test_w3_without_an_overlap_the_old_secret_dies_at_once(
    app: Flask, client: FlaskClient, user: User, bot: Bot
) -> None:
    headers = headers_for(app, user)
    answer = client.post(f"/api/bots/{bot.id}/rotate-secret", json={}, headers=headers)
    new = answer.json["webhook_url"].rpartition("/")[2]
    assert post(client, bot).status_code == 404
    assert post(client, bot, secret=new).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"action":"buy","symbol":"BTC-USD","quantity":NaN}',
        b'{"action":"buy","symbol":"BTC-USD","quantity":Infinity}',
        b'{"action":"buy","action":"sell","symbol":"BTC-USD"}',
        '{"action":"buy","symbol":"BTC-USD","note":"größer"}'.encode("latin-1"),
        json.dumps(BUY).encode("utf-16"),
        gzip.compress(b"0" * 10_000_000),
        b"",
        b"\x00" * 60_000,
        b'{"action":"buy","symbol":"BTC-USD","quantity":' + b"9" * 60_000 + b"}",
    ],
    ids=[
        *("deep", "deeper", "nan", "infinity", "twice", "latin1"),
        *("utf16", "gzip", "empty", "nul", "digits"),
    ],
)
def test_w4_hostile_bodies_are_refused_and_trade_nothing(
    client: FlaskClient, markets: Sandbox, bot: Bot, body: bytes
) -> None:
    assert post(client, bot, body).status_code == 422
    assert statuses(bot) == ["refused"]
    assert orders(bot) == []


@pytest.mark.parametrize(
    "more",
    [{}, {"environ_overrides": {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}}],
    ids=["announced", "chunked"],
)
def test_w4_ten_megabytes_are_refused_and_not_kept(
    client: FlaskClient, bot: Bot, more: dict[str, Any]
) -> None:
    answer = post(client, bot, b"x" * 10_000_000, **more)
    assert (answer.status_code, answer.json["error"]) == (413, "request_entity_too_large")
    assert stored(bot) == []


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP"])
def test_w4_nothing_is_unpacked(client: FlaskClient, bot: Bot, encoding: str) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    answer = post(client, bot, bomb, headers={"Content-Encoding": encoding})
    assert answer.status_code == 415
    assert stored(bot) == []


def test_w5_the_same_alert_four_times_is_one_order(
    client: FlaskClient, markets: Sandbox, bot: Bot
) -> None:
    answers = [post(client, bot).json for _ in range(4)]
    assert [a.get("duplicate", False) for a in answers] == [False, True, True, True]
    assert {a["signal_id"] for a in answers} == {str(stored(bot)[0].id)}
    assert (len(stored(bot)), len(orders(bot))) == (1, 1)


def test_w5_the_same_alert_four_times_at_once_is_one_order(
    app: Flask, markets: Sandbox, bot: Bot
) -> None:
    with ThreadPoolExecutor(4) as senders:
        answers = list(senders.map(lambda _: post(app.test_client(), bot), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert (len(stored(bot)), len(orders(bot))) == (1, 1)


@pytest.mark.parametrize(("apart", "count"), [(59, 1), (60, 2)])
def test_w6_two_equal_alerts_a_minute_apart_are_two_orders(
    client: FlaskClient,
    markets: Sandbox,
    bot: Bot,
    monkeypatch: pytest.MonkeyPatch,
    apart: int,
    count: int,
) -> None:
    first = clock.now()
    monkeypatch.setattr(clock, "now", lambda: first)
    post(client, bot)
    monkeypatch.setattr(clock, "now", lambda: first + timedelta(seconds=apart))
    assert post(client, bot).status_code == 200
    assert len(orders(bot)) == count


@pytest.mark.parametrize(
    "number",
    [-1, "-0.001", 0, "0", 1e308, "1e308", "1e-308", "0x10", "1_000", True, [1], "١٢", " "],
)
@pytest.mark.parametrize("field", ["quantity", "limitPrice", "stopLoss"])
def test_w7_numbers_that_are_none_or_beyond_reason_order_nothing(
    client: FlaskClient, markets: Sandbox, bot: Bot, field: str, number: Any
) -> None:
    alert = BUY | {"orderType": {"limitPrice": "limit"}.get(field, "market"), field: number}
    assert post(client, bot, alert).status_code in (200, 422)
    assert orders(bot) == []
    assert statuses(bot) == ["refused"]


@pytest.mark.parametrize("number", ["0.001", "1e-3", 0.001, "+0.001", "0.0010"])
def test_w7_a_number_may_come_as_text(
    client: FlaskClient, markets: Sandbox, bot: Bot, number: Any
) -> None:
    post(client, bot, BUY | {"quantity": number})
    assert [str(order.quantity.normalize()) for order in orders(bot)] == ["0.001"]


def test_w8_what_is_over_the_limit_is_refused_kept_and_not_traded(
    client: FlaskClient, markets: Sandbox, bot: Bot
) -> None:
    codes = [post(client, bot, BUY | {"orderId": str(n)}).status_code for n in range(11)]
    assert codes == [200] * 10 + [429]
    assert statuses(bot) == ["received"] * 10 + ["rate_limited"]
    assert len(orders(bot)) == 10


@pytest.mark.parametrize("method", ["get", "put", "head", "delete", "patch", "options"])
def test_w9_nothing_but_post_has_an_effect(client: FlaskClient, bot: Bot, method: str) -> None:
    answer = getattr(client, method)(f"/webhook/{bot.id}/{SECRET}", data=json.dumps(BUY))
    assert answer.status_code == {"options": 200}.get(method, 405)
    assert answer.headers["Allow"].replace(" ", "").split(",") != []
    assert stored(bot) == []


@pytest.fixture
def choosy(user: User) -> Bot:
    """A bot that takes alerts from TradingView and one network only."""
    return make_bot(user, execution={"allowed_senders": [*TRADINGVIEW, "203.0.113.0/24"]})


def from_address(client: FlaskClient, bot: Bot, address: str, **headers: str) -> Any:
    return post(client, bot, environ_overrides={"REMOTE_ADDR": address}, headers=headers)


@pytest.mark.parametrize("address", [*TRADINGVIEW, "203.0.113.9", "::ffff:52.89.214.238"])
def test_w10_an_allowed_sender_gets_in(client: FlaskClient, choosy: Bot, address: str) -> None:
    assert from_address(client, choosy, address).status_code == 200
    assert statuses(choosy) == ["received"]


@pytest.mark.parametrize("address", ["198.51.100.7", "203.0.114.1", "::1", "", "unix:"])
def test_w10_another_sender_is_refused_and_shown_to_the_owner(
    client: FlaskClient, markets: Sandbox, choosy: Bot, address: str
) -> None:
    answer = from_address(client, choosy, address)
    assert (answer.status_code, answer.json["error"]) == (403, "sender_not_allowed")
    [signal] = stored(choosy)
    assert (signal.status, signal.last_error) == ("refused", answer.json["message"])
    assert orders(choosy) == []


@pytest.mark.parametrize("forged", [TRADINGVIEW[0], f"{TRADINGVIEW[0]}, {TRADINGVIEW[1]}"])
@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"])
def test_w10_a_forged_header_opens_nothing(
    client: FlaskClient, choosy: Bot, name: str, forged: str
) -> None:
    assert from_address(client, choosy, "198.51.100.7", **{name: forged}).status_code == 403


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        (TRADINGVIEW[0], 200),
        (f"198.51.100.7, {TRADINGVIEW[0]}", 200),
        (f"{TRADINGVIEW[0]}, 198.51.100.7", 403),
        ("198.51.100.7", 403),
    ],
)
def test_w10_behind_a_proxy_the_address_it_adds_counts(
    settings: Settings, choosy: Bot, forwarded: str, status: int
) -> None:
    client = api(replace(settings, proxies=1)).test_client()
    answer = from_address(client, choosy, "127.0.0.1", **{"X-Forwarded-For": forwarded})
    assert answer.status_code == status


def test_w10_without_the_secret_nothing_is_said_about_the_list(
    client: FlaskClient, choosy: Bot
) -> None:
    assert post(client, choosy, secret="x" * 43).status_code == 404


def test_w10_a_refused_sender_uses_nothing_up(client: FlaskClient, choosy: Bot) -> None:
    refused = [from_address(client, choosy, "198.51.100.7").status_code for _ in range(11)]
    assert refused == [403] * 11
    assert from_address(client, choosy, TRADINGVIEW[0]).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"), [(TRADINGVIEW[0], "received"), ("198.51.100.7", "refused")]
)
def test_w10_the_list_holds_for_alerts_that_waited_for_the_database(
    settings: Settings,
    app: Flask,
    client: FlaskClient,
    choosy: Bot,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    status: str,
) -> None:
    def unreachable(*_: Any) -> None:
        raise Unreachable

    monkeypatch.setattr(Committer, "store", unreachable)
    assert from_address(client, choosy, address).status_code == 200
    assert stored(choosy) == []
    draining.drain(app.config["TRP"])
    assert statuses(choosy) == [status]


def test_w10_the_owner_sets_the_list(app: Flask, client: FlaskClient, user: User, bot: Bot) -> None:
    headers = headers_for(app, user)
    path = f"/api/bots/{bot.id}"
    execution = {"allowed_senders": TRADINGVIEW}
    changed = client.put(path, json={"execution": execution}, headers=headers)
    assert changed.json["bot"]["execution"]["allowed_senders"] == TRADINGVIEW
    assert post(client, bot).status_code == 403
    client.put(path, json={"execution": {}}, headers=headers)
    assert post(client, bot).status_code == 200

"""What senders write, and how it is read. No database."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingrobotplug.signals.alert import dedup_key, is_exit, parse, read
from tradingrobotplug.signals.formats import OBJECTS, TEXTS
from tradingrobotplug.signals.reading import Refused
from tradingrobotplug.trading.intent import Level, StopLoss, TakeProfit

SHARED = Path(__file__).parents[2] / "shared-schemas"
SAMPLES = sorted((SHARED / "samples").glob("alert-*.json"))
D = Decimal


def alert(**fields: object) -> bytes:
    return json.dumps({"action": "buy", "symbol": "BTC-USD"} | fields).encode()


@pytest.mark.parametrize(
    "body",
    [
        b'{"action":"buy","symbol":"BTC-USD","quantity":0.001,"price":50000,"stopLoss":49000,'
        b'"takeProfit":52000,"orderId":"a1"}',
        b'{"action":"BUY","symbol":"COINBASE:BTCUSD","quantity":"0.001","price":"50000",'
        b'"stop_loss":"49000","take_profit":"52000","order_id":"a1"}',
    ],
)
def test_our_format_reads_in_both_spellings_with_numbers_quoted_or_not(body):
    found = parse(body, "crypto")
    assert found.parser == "plain"
    intent = found.intent
    assert (intent.action, intent.symbol, intent.alert_id) == ("buy", "BTC-USD", "a1")
    assert (intent.quantity, intent.price) == (D("0.001"), D(50000))
    assert intent.stop_loss == StopLoss(Level(D(49000)))
    assert intent.take_profits == (TakeProfit(Level(D(52000))),)


def test_an_indicator_alert_reads_with_its_time():
    body = (
        b'{"ticker":"AAPL","action":"buy","price":"151.2",'
        b'"time":"2026-01-05T15:00:03Z","interval":"5"}'
    )
    found = parse(body, "stocks")
    assert (found.parser, found.intent.symbol, found.intent.price) == (
        "indicator",
        "AAPL",
        D("151.2"),
    )
    assert found.intent.sent_at == datetime(2026, 1, 5, 15, 0, 3, tzinfo=UTC)


@pytest.mark.parametrize("name", ["sentiment", "market_position", "marketPosition"])
def test_a_strategy_that_is_flat_closes_whatever_the_quantity(name):
    body = json.dumps(
        {"ticker": "AAPL", "action": "sell", name: "flat", "quantity": "10", "price": "151.2"}
    ).encode()
    found = parse(body, "stocks")
    assert (found.parser, found.intent.target, found.intent.closes) == ("strategy", "flat", True)
    assert found.intent.quantity is None


def test_a_flat_strategy_may_say_zero_contracts():
    body = b'{"ticker":"AAPL","action":"sell","sentiment":"flat","quantity":"0"}'
    assert parse(body, "stocks").intent.closes


@pytest.mark.parametrize("value", ["-1", -1, 0, "1e308", 1e308, "NaN", "Infinity", "ten", True])
@pytest.mark.parametrize("name", ["quantity", "price", "stopLoss"])
def test_amounts_that_are_none_are_refused(name, value):
    with pytest.raises(Refused):
        read(alert(**{name: value}))


@pytest.mark.parametrize(
    "text",
    [
        "{{strategy.order.action}}",
        "{{ticker}}",
        "{{plot_0}}",
        "{{ close }}",
    ],
)
def test_a_placeholder_left_unreplaced_is_refused_by_name(text):
    with pytest.raises(Refused) as caught:
        read(alert(action=text))
    assert text in caught.value.reason
    assert "not replaced" in caught.value.reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[]", "not a JSON object"),
        (b'"buy"', "not a JSON object"),
        (b'{"symbol":"BTC-USD"}', "no action"),
        (b'{"action":"buy"}', "no action and symbol"),
        (b'{"action":"buy","symbol":""}', "no symbol"),
        (b'{"action":"hold","symbol":"BTC-USD"}', "one of buy, sell, close"),
        (b'{"action":["buy"],"symbol":"BTC-USD"}', "action is not a text"),
        (b'{"stopLoss":1,"stop_loss":2,"action":"buy","symbol":"BTC-USD"}', "given twice"),
        (b'{"action":"buy","symbol":"BTC-USD","orderType":"limit"}', "needs limit_price"),
        (b'{"action":"buy","symbol":"BTC-USD","time":"yesterday"}', "not a time"),
        (b'{"action":"buy","ticker":"AAPL","sentiment":"up"}', "long, short, flat"),
        (b'{"action":"buy","symbol":"BTC-USD","orderId":"a\\u0000b"}', "control characters"),
    ],
)
def test_what_is_wrong_is_said(body, reason):
    with pytest.raises(Refused) as caught:
        read(body)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-05T15:00:03Z", datetime(2026, 1, 5, 15, 0, 3, tzinfo=UTC)),
        ("2026-01-05T10:00:03-05:00", datetime(2026, 1, 5, 15, 0, 3, tzinfo=UTC)),
        (1767625203, datetime(2026, 1, 5, 15, 0, 3, tzinfo=UTC)),
        ("1767625203000", datetime(2026, 1, 5, 15, 0, 3, tzinfo=UTC)),
    ],
)
def test_times_read_as_iso_or_unix(text, at):
    assert read(alert(time=text)).intent.sent_at == at


def test_a_key_is_the_senders_id_or_the_body():
    assert dedup_key(b"x", "a1") == ("id:a1", True)
    assert dedup_key(b"x", None)[0] == dedup_key(b"x", None)[0] != dedup_key(b"y", None)[0]
    assert len(dedup_key(b"x", "n" * 200)[0]) <= 80
    assert len(dedup_key(b"x", None)[0]) <= 80


def test_a_sell_is_an_exit_unless_the_bot_may_short():
    sell = read(alert(action="sell")).intent
    assert (is_exit(sell, False), is_exit(sell, True)) == (True, False)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body):
    with suppress(Refused):
        assert read(body).parser


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["action", "symbol", "ticker", "quantity", "price", "time", "sentiment"]),
        st.one_of(st.text(max_size=12), st.integers(), st.floats(), st.none(), st.booleans()),
    )
)
def test_no_values_break_the_reader(fields):
    try:
        found = read(json.dumps(fields).encode())
    except Refused:
        return
    assert found.intent.quantity is None or 0 < found.intent.quantity <= D(10) ** 12


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_fits_the_schema_and_reads(path):
    schema = json.loads((SHARED / "alert.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(path.read_text()), schema)
    assert read(path.read_bytes())


def test_there_is_a_sample_for_each_format():
    samples = [*SAMPLES, *(SHARED / "samples").glob("alert-*.txt")]
    formats = {parser.__name__ for parser in (*OBJECTS, *TEXTS)}
    assert {read(path.read_bytes()).parser for path in samples} == formats

"""The eleven formats that senders use, each as they write it."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tradingrobotplug.signals.alert import parse
from tradingrobotplug.signals.reading import Refused
from tradingrobotplug.trading.intent import (
    EVERY_SYMBOL,
    Intent,
    Level,
    Reported,
    StopLoss,
    TakeProfit,
)

D = Decimal


def crypto(body: str | dict[str, Any]) -> Any:
    return parse((body if isinstance(body, str) else json.dumps(body)).encode(), "crypto")


def stocks(body: str | dict[str, Any]) -> Any:
    return parse((body if isinstance(body, str) else json.dumps(body)).encode(), "stocks")


FORMATS = [
    (
        stocks,
        {
            "ticker": "AAPL",
            "action": "buy",
            "sentiment": "long",
            "quantityType": "dollar_amount",
            "quantity": 500,
            "orderType": "limit",
            "limitPrice": "150",
            "timeInForce": "gtc",
            "extendedHours": True,
            "signalPrice": 151.2,
            "takeProfit": {"percent": 10},
            "stopLoss": {"type": "trailing_stop", "trailPercent": 2},
            "cancel": True,
            "delay": 5,
            "extras": {"mine": 1},
        },
        "traderspost",
        Intent(
            "buy",
            "AAPL",
            D(500),
            "dollars",
            price=D("151.2"),
            order_type="limit",
            limit_price=D(150),
            time_in_force="gtc",
            extended_hours=True,
            target="long",
            cancels=True,
            delay_seconds=5,
            stop_loss=StopLoss(Level(D(2), "percent"), "trailing_stop"),
            take_profits=(TakeProfit(Level(D(10), "percent")),),
        ),
    ),
    (
        crypto,
        {
            "secret": "abc",
            "max_lag": "300",
            "timestamp": "2026-01-05T15:00:03Z",
            "tv_exchange": "BINANCE",
            "tv_instrument": "BTCUSD",
            "action": "buy",
            "strategy_info": {
                "market_position": "long",
                "market_position_size": "0.01",
                "prev_market_position": "flat",
                "prev_market_position_size": "0",
            },
            "order": {"amount": "0.01", "currency_type": "base"},
        },
        "threecommas",
        Intent(
            "buy",
            "BTC-USD",
            D("0.01"),
            target="long",
            target_size=D("0.01"),
            previous=Reported("flat", D(0)),
            max_age_seconds=300,
        ),
    ),
    (
        crypto,
        "SYMBOL=SOLUSD;SIGNAL=BUY;VOLUME=25;STOP_PRICE=-8%;TAKE_PROFIT_PRICE=5%;"
        "TAKE_PROFIT_PRICE_2=12%",
        "pairs",
        Intent(
            "buy",
            "SOL-USD",
            D(25),
            stop_loss=StopLoss(Level(D(8), "percent")),
            take_profits=(
                TakeProfit(Level(D(5), "percent"), D(50)),
                TakeProfit(Level(D(12), "percent"), D(50)),
            ),
        ),
    ),
    (
        crypto,
        "70000000001,buy,BTCUSD,risk=1,sl=20,tp=45",
        "commas",
        Intent(
            "buy",
            "BTC-USD",
            D(1),
            "risk_percent",
            stop_loss=StopLoss(Level(D(20), "amount")),
            take_profits=(TakeProfit(Level(D(45), "amount")),),
        ),
    ),
    (
        crypto,
        "70000000001,closelong,BTCUSD",
        "commas",
        Intent("close", "BTC-USD", closing="long"),
    ),
    (stocks, "buy 10 shares of AAPL", "words", Intent("buy", "AAPL", D(10))),
    (stocks, "buy $500 of AAPL", "words", Intent("buy", "AAPL", D(500), "dollars")),
    (stocks, "sell 50% of BRK.B", "words", Intent("sell", "BRK.B", D(50), "percent_of_position")),
    (stocks, "close NVDA", "words", Intent("close", "NVDA")),
    (stocks, "FLATTEN", "words", Intent("close", EVERY_SYMBOL)),
    (stocks, "cancel AAPL", "words", Intent("cancel", "AAPL")),
    (
        crypto,
        "buy 0.5 BTCUSD at 64,250 limit",
        "words",
        Intent("buy", "BTC-USD", D("0.5"), order_type="limit", limit_price=D(64250)),
    ),
    (
        crypto,
        {"direction": "close", "symbol": "ETH-USD", "size": "50%"},
        "direction",
        Intent("close", "ETH-USD", D(50), "percent_of_position"),
    ),
    (
        crypto,
        {"direction": "close", "symbol": "ETH-USD", "size": "0.5"},
        "direction",
        Intent("close", "ETH-USD", D("0.5")),
    ),
    (
        stocks,
        {"symbol": "AAPL", "action": "buy", "quantity": "100", "position_size": "200"},
        "strategy",
        Intent("buy", "AAPL", D(100), target="long", target_size=D(200)),
    ),
    (
        stocks,
        {"symbol": "AAPL", "action": "sell", "quantity": "100", "position_size": "-50"},
        "strategy",
        Intent("sell", "AAPL", D(100), target="short", target_size=D(50)),
    ),
    (
        stocks,
        {"symbol": "AAPL", "action": "sell", "quantity": "100", "position_size": "0"},
        "strategy",
        Intent("sell", "AAPL", target="flat"),
    ),
    (
        crypto,
        {
            "order_action": "flat",
            "ticker": "BTCUSD",
            "order_contracts": "0.10",
            "close_side": "long",
        },
        "flat_side",
        Intent("close", "BTC-USD", closing="long"),
    ),
]


@pytest.mark.parametrize(
    ("reads", "body", "parser", "intent"),
    FORMATS,
    ids=[f"{case[2]}-{number}" for number, case in enumerate(FORMATS)],
)
def test_every_format_reads(reads: Any, body: Any, parser: str, intent: Intent) -> None:
    found = reads(body)
    assert found.parser == parser
    assert _without_time(found.intent) == intent


def _without_time(intent: Intent) -> Intent:
    return Intent(**{name: getattr(intent, name) for name in intent.__slots__} | {"sent_at": None})


def test_lines_read_like_pairs() -> None:
    written = "SYMBOL=SOLUSD\r\nSIGNAL=SELL\nSTOP_PRICE=+3%\n"
    assert crypto(written).intent.stop_loss == StopLoss(Level(D(3), "percent"))


def test_a_stop_price_that_is_a_price_is_the_orders_own() -> None:
    written = "SYMBOL=SOLUSD;SIGNAL=BUY;ORDER_TYPE=STOP;STOP_PRICE=150"
    assert crypto(written).intent.stop_price == D(150)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("70000000001,buy,EURUSD,risk=1,sl=20,tp=45", "EURUSD"),
        ("70000000001,hedge,BTCUSD", "command"),
        ("70000000001,buy,BTCUSD,magic=1", "magic"),
        ("SYMBOL=SOLUSD;SIGNAL=BUY;nonsense", "not a NAME=VALUE pair"),
        ("SYMBOL=SOLUSD;SIGNAL=BUY;SIGNAL=SELL", "given twice"),
        ("SYMBOL=SOLUSD", "no action"),
        ("buy low, sell high", "neither a JSON object nor"),
        ({"tv_instrument": "BTCUSDT", "action": "buy"}, "BTCUSDT is quoted in USDT"),
        (
            {
                "tv_instrument": "BTCUSD",
                "action": "buy",
                "order": {"amount": 1, "currency_type": "x"},
            },
            "currency_type",
        ),
        ({"tv_instrument": "BTCUSD", "action": "buy", "order": "1"}, "order is not an object"),
        ({"tv_instrument": "BTCUSD", "action": "buy", "max_lag": 5}, "max_lag needs a timestamp"),
        (
            {"ticker": "BTCUSD", "action": "buy", "quantityType": "lots", "quantity": 1},
            "quantity_type",
        ),
        ({"ticker": "BTCUSD", "action": "buy", "stopLoss": {"type": "stop"}}, "no price, percent"),
        (
            {"ticker": "BTCUSD", "action": "buy", "stopLoss": {"type": "trailing_stop"}},
            "trailPercent",
        ),
        (
            {"ticker": "BTCUSD", "action": "buy", "stopLoss": {"type": "stop_limit", "percent": 2}},
            "limitPrice",
        ),
        (
            {"ticker": "BTCUSD", "action": "buy", "orderType": "trailing_stop"},
            "trail_percent or trail_amount",
        ),
        (
            {"ticker": "BTCUSD", "action": "buy", "orderType": "stop_limit", "limitPrice": 1},
            "needs stop_price",
        ),
        ({"ticker": "BTCUSD", "action": "buy", "timeInForce": "later"}, "time_in_force"),
        ({"ticker": "BTCUSD", "action": "buy", "extendedHours": "maybe"}, "neither true nor false"),
        ({"ticker": "BTCUSD", "action": "buy", "delay": 301}, "delay"),
        (
            {
                "ticker": "BTCUSD",
                "action": "buy",
                "takeProfit": [{"percent": 1, "share": 60}, {"percent": 2, "share": 60}],
            },
            "more than 100",
        ),
        ({"ticker": "BTCUSD", "order_action": "buy", "close_side": "long"}, "close_side goes with"),
    ],
)
def test_what_a_format_can_not_take_is_said(body: Any, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        crypto(body)
    assert reason in caught.value.reason


def test_tether_is_the_dollar_where_the_bot_says_so() -> None:
    body = b'{"symbol":"BINANCE:BTCUSDT","action":"buy"}'
    assert parse(body, "crypto", usdt_is_usd=True).intent.symbol == "BTC-USD"


def test_delayed_data_is_noted() -> None:
    body = {"ticker": "AAPL", "action": "buy", "exchange": "NASDAQ_DLY"}
    assert "delayed" in stocks(body).intent.note


def test_levels_without_a_share_divide_what_is_left() -> None:
    body = {
        "ticker": "BTCUSD",
        "action": "buy",
        "takeProfit": [{"percent": 1, "share": 50}, "2%", "3%"],
    }
    assert [one.share for one in crypto(body).intent.take_profits] == [D(50), D(25), D(25)]

import json
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from .conftest import NEW_BOT

Headers = dict[str, str]
STOCKS = {"asset_type": "stocks", "exchange": "alpaca"}


WRONG: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"name": ""}, ("name",)),
    ({"name": "x" * 121}, ("name",)),
    ({"asset_type": "bonds"}, ("asset_type",)),
    ({"exchange": "alpaca"}, ("exchange",)),
    ({"trading_mode": "real"}, ("trading_mode",)),
    ({"signal_source": "robot"}, ("plugin_id",)),
    ({"plugin_id": "tsla_improved_strategy"}, ("plugin_id",)),
    ({"signal_source": "robot", "plugin_id": "../etc"}, ("plugin_id",)),
    ({"symbols": ["BTC-USD", "AAPL"]}, ("symbols", "1")),
    ({"symbols": ["BTCUSDT"]}, ("symbols", "0")),
    ({"symbols": ["BTC-USD"] * 51}, ("symbols",)),
    ({"position_sizing": {"type": "all_in", "value": 1}}, ("position_sizing", "type")),
    ({"position_sizing": {"type": "fixed_units"}}, ("position_sizing", "value")),
    ({"position_sizing": {"type": "fixed_units", "value": 0}}, ("position_sizing", "value")),
    ({"position_sizing": {"type": "fixed_units", "value": "x"}}, ("position_sizing", "value")),
    (
        {"position_sizing": {"type": "percent_of_portfolio", "value": "100.1"}},
        ("position_sizing", "value"),
    ),
    ({"risk_management": {"max_daily_loss": -1}}, ("risk_management", "max_daily_loss")),
    (
        {"risk_management": {"max_open_positions": 1.5}},
        ("risk_management", "max_open_positions"),
    ),
    ({"risk_management": {"stop_loss_percent": 100}}, ("risk_management", "stop_loss_percent")),
    ({"risk_management": {"leverage": 3}}, ("risk_management", "leverage")),
    ({"execution": {"max_signal_age_seconds": 9}}, ("execution", "max_signal_age_seconds")),
    ({"execution": {"allow_short": True}}, ("execution", "allow_short")),
    ({"execution": {"allowed_senders": ["home.example"]}}, ("execution", "allowed_senders")),
    ({"execution": {"allowed_senders": ["192.0.2.7"] * 21}}, ("execution", "allowed_senders")),
    ({"execution": {"trading_windows": [{"start": "9:30", "end": "16:00"}]}}, ("execution",)),
    ({"position_sizing": {"type": "risk_percent", "value": "101"}}, ("position_sizing", "value")),
    ({"starting_cash": "0"}, ("starting_cash",)),
    ({"secret": "mine"}, ("secret",)),
]


@pytest.mark.parametrize(("changes", "path"), WRONG)
def test_a_wrong_field_is_named(
    client: FlaskClient, headers: Headers, changes: dict[str, Any], path: tuple[str, ...]
) -> None:
    answer = client.post("/api/bots", json=NEW_BOT | changes, headers=headers)

    assert answer.status_code == 422
    assert answer.json is not None
    assert reduce(getitem, path, answer.json["details"]["fields"])


@pytest.mark.parametrize("missing", ["name", "asset_type", "exchange", "position_sizing"])
def test_a_missing_field_is_named(client: FlaskClient, headers: Headers, missing: str) -> None:
    config = {name: value for name, value in NEW_BOT.items() if name != missing}

    answer = client.post("/api/bots", json=config, headers=headers)

    assert answer.status_code == 422
    assert answer.json is not None
    assert missing in answer.json["details"]["fields"]


def test_symbols_are_kept_in_one_spelling_and_once(client: FlaskClient, headers: Headers) -> None:
    symbols = ["COINBASE:BTCUSD", "eth/usd", "BTC-USD"]

    answer = client.post("/api/bots", json=NEW_BOT | {"symbols": symbols}, headers=headers)

    assert answer.json is not None
    assert answer.json["bot"]["symbols"] == ["BTC-USD", "ETH-USD"]


def test_every_setting_comes_back_exactly_with_its_defaults(
    client: FlaskClient, headers: Headers
) -> None:
    config = NEW_BOT | STOCKS | {
        "symbols": ["AAPL"],
        "positionSizing": {"type": "percent_of_portfolio", "value": 2.5},
        "riskManagement": {"maxPositionSize": "5000", "stopLossPercent": 2},
        "execution": {"allow_short": True},
    }  # fmt: skip
    del config["position_sizing"]

    answer = client.post("/api/bots", json=config, headers=headers)

    assert answer.json is not None
    bot = answer.json["bot"]
    assert bot["position_sizing"] == {"type": "percent_of_portfolio", "value": "2.5"}
    assert bot["risk_management"] == {"max_position_size": "5000", "stop_loss_percent": "2"}
    assert bot["execution"] == {
        "extended_hours": False,
        "allow_short": True,
        "usdt_is_usd": False,
        "time_zone": "America/New_York",
        "when_closed": "queue",
        "max_signal_age_seconds": 120,
        "dedupe_id_seconds": 86_400,
        "dedupe_body_seconds": 60,
        "allowed_senders": [],
    }
    assert bot["starting_cash"] == "100000"


FINE: list[dict[str, Any]] = [
    {},
    STOCKS | {"symbols": ["AAPL"], "execution": {"allow_short": True}},
    STOCKS | {"signal_source": "robot", "plugin_id": "tsla_improved_strategy"},
    {"position_sizing": {"type": "percent_of_portfolio", "value": "100"}},
    {"position_sizing": {"type": "percent_of_portfolio", "value": 2.5}},
    {"risk_management": {"max_daily_loss": "0.5", "stop_loss_percent": 2}},
    {"starting_cash": "2500.50", "description": "", "symbols": []},
    {"execution": {"allowed_senders": ["52.89.214.238", "203.0.113.0/24", "2001:db8::/32"]}},
]


@pytest.fixture(scope="module")
def schema_of_bots() -> Draft202012Validator:
    path = Path(__file__).parents[2] / "shared-schemas" / "bot.schema.json"
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("changes", FINE)
def test_what_the_schema_allows_is_taken(
    schema_of_bots: Draft202012Validator,
    client: FlaskClient,
    headers: Headers,
    changes: dict[str, Any],
) -> None:
    config = NEW_BOT | changes

    assert schema_of_bots.is_valid(config)
    assert client.post("/api/bots", json=config, headers=headers).status_code == 201


@pytest.mark.parametrize("changes", [changes for changes, _ in WRONG if set(changes) - {"symbols"}])
def test_what_is_refused_the_schema_refuses_too(
    schema_of_bots: Draft202012Validator, changes: dict[str, Any]
) -> None:
    assert not schema_of_bots.is_valid(NEW_BOT | changes)


def test_a_time_zone_that_nobody_knows_is_refused(client: FlaskClient, headers: Headers) -> None:
    config = NEW_BOT | {"execution": {"time_zone": "Mars/Olympus"}}
    answer = client.post("/api/bots", json=config, headers=headers)
    assert answer.status_code == 422
    assert "time zone" in answer.text

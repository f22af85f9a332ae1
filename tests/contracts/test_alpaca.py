"""The sandbox answers as Alpaca's own OpenAPI documents say, so that what reads the sandbox reads
Alpaca. The documents' answers that we use are kept in alpaca_answers.json."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.venues import Sandbox

ANSWERS = json.loads((Path(__file__).parent / "alpaca_answers.json").read_text())["answers"]


@pytest.mark.parametrize("hours", ["always", "xnys"])
@pytest.mark.parametrize(
    ("documented", "path", "params"),
    [
        ("/v2/stocks/quotes/latest", "/v2/stocks/quotes/latest", {"symbols": "AAPL,BRK.B"}),
        (
            "/v2/stocks/bars",
            "/v2/stocks/bars",
            {"symbols": "AAPL,TSLA", "timeframe": "1Hour", "start": "2026-11-02", "limit": "30"},
        ),
        ("/v2/clock", "/v2/clock", {}),
        ("/v2/calendar", "/v2/calendar", {"start": "2026-11-20", "end": "2026-12-01"}),
        ("/v2/assets/{symbol_or_asset_id}", "/v2/assets/AAPL", {}),
        ("/v2/account", "/v2/account", {}),
    ],
)
def test_the_sandbox_answers_as_documented(
    sandbox: Sandbox, hours: str, documented: str, path: str, params: dict[str, Any]
) -> None:
    sandbox.reset()
    sandbox.tell("hours", hours=hours)
    answer = sandbox.get(path, **params)
    assert answer.status_code == 200
    Draft202012Validator(ANSWERS[documented]).validate(answer.json())
    assert answer.json()


def test_the_contract_refuses_another_shape() -> None:
    wrong = {"quotes": {"AAPL": {"ap": "1"}}}
    assert not Draft202012Validator(ANSWERS["/v2/stocks/quotes/latest"]).is_valid(wrong)

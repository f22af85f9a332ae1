"""Trading at the sandbox's Alpaca over plain HTTP, with the sandbox's own keys."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import requests

from tests.venues import HEADERS, Sandbox

OPEN = "2026-11-20T15:30:00+00:00"  # Friday, half past ten in New York
NIGHT = "2026-11-20T03:00:00+00:00"
DAWN = "2026-11-20T10:00:00+00:00"  # five in New York: extended hours


@dataclass(frozen=True, slots=True)
class Trader:
    """AAPL is held at 200: a bid of 199.98, an ask of 200.02."""

    sandbox: Sandbox

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request with the sandbox's own keys, or with `headers`."""
        url = f"{self.sandbox.url}{path}"
        return requests.request(method, url, **({"headers": HEADERS, "timeout": 10} | more))

    def order(self, **terms: Any) -> requests.Response:
        """POST an order: ten AAPL at the market unless `terms` say otherwise; None leaves out."""
        usual = {
            "symbol": "AAPL",
            "qty": "10",
            "side": "buy",
            "type": "market",
            "time_in_force": "day",
        }
        body = {name: v for name, v in (usual | terms).items() if v is not None}
        return self.ask("POST", "/v2/orders", json=body)

    def placed(self, **terms: Any) -> dict[str, Any]:
        """The same, accepted: the order as it is right after."""
        answer = self.order(**terms)
        assert answer.status_code == 200, answer.text
        return self.seen(answer.json())

    def seen(self, order: dict[str, Any]) -> dict[str, Any]:
        """The order now, with its legs."""
        found: dict[str, Any] = self.get(f"/v2/orders/{order['id']}?nested=true")
        return found

    def get(self, path: str) -> Any:
        """The answer to a GET."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def price(self, price: float, symbol: str = "AAPL") -> None:
        """Hold the price there from now on."""
        self.sandbox.tell("price", symbol=symbol, price=price)

    def clock(self, at: str) -> None:
        """Make it this time."""
        self.sandbox.tell("clock", at=at)

    def held(self, symbol: str = "AAPL") -> Decimal:
        """Shares of the position, 0 if there is none."""
        return sum(
            (Decimal(p["qty"]) for p in self.get("/v2/positions") if p["symbol"] == symbol),
            Decimal(0),
        )


def begin(sandbox: Sandbox) -> Trader:
    """A new account in open real hours, AAPL at 200."""
    sandbox.reset()
    sandbox.tell("hours", hours="xnys")
    trader = Trader(sandbox)
    trader.clock(OPEN)
    trader.price(200)
    return trader

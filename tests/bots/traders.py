"""A trader with a bot, a plan that has safeguards, and accounts to go live at."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import update

from tests.trading.conftest import Desk
from tests.vault.accounts import keep
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Signal, Subscription, TradingAccount, User
from tradingrobotplug.plans import catalogue

SAFEGUARDED = next(plan.id for plan in catalogue.plans() if plan.live_safeguards)
UNGUARDED = next(
    plan.id for plan in catalogue.plans() if plan.live_trading and not plan.live_safeguards
)
PAPER_ONLY = next(plan.id for plan in catalogue.plans() if plan.default)
REVOKED = {"revoked_at": clock.now(), "sealed_keys": None, "wrapped_key": None}
LIMITS = {"max_daily_loss": "500", "stop_loss_percent": "2"}


def subscribe(user: User, plan_id: str) -> None:
    """The user's plan from now on."""
    with db.transaction() as session:
        session.merge(
            Subscription(user_id=user.id, plan_id=plan_id, status="active", updated_at=clock.now())
        )


def live_account(user: User, number: int = 1, **columns: str) -> TradingAccount:
    """A Coinbase account with real money, whose keys may trade."""
    return keep(user, number, broker="coinbase", environment="live", **columns)


def change(kind: Any, row_id: UUID, **columns: Any) -> None:
    """Set columns of a row."""
    with db.transaction() as session:
        row = session.get_one(kind, row_id)
        for name, value in columns.items():
            setattr(row, name, value)


@dataclass(frozen=True)
class Trader:
    """What a user does with a bot over the API, the account and the capital being chosen."""

    client: FlaskClient
    headers: dict[str, str]
    bot_id: UUID
    account_id: UUID

    def post(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
        """POST /api/bots/<bot>/<path>."""
        url = f"/api/bots/{self.bot_id}/{path}"
        return self.client.post(url, json=body, headers=headers or self.headers)

    def terms(self, **changes: Any) -> Any:
        """Ask for the terms."""
        offer = {"trading_account_id": str(self.account_id), "capital": "5000"}
        return self.post("live/terms", **(offer | changes))

    def shown(self) -> Any:
        """The terms and their confirmation, nothing standing against them."""
        answer = self.terms()
        assert answer.status_code == 200, answer.json
        return answer.json

    def confirmation(self) -> str:
        """Of the terms as they are now."""
        return str(self.shown()["confirmation"])

    def go_live(self) -> Any:
        """Both steps."""
        return self.post("live", confirmation=self.confirmation())

    @property
    def bot(self) -> Bot:
        """The bot's row."""
        with db.transaction() as session:
            return session.get_one(Bot, self.bot_id)


def trade(desk: Desk, *asked: str) -> None:
    """Carry a signal out to its end."""
    desk.trade(*asked)
    with db.transaction() as session:
        session.execute(update(Signal).values(status="done"))


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json["error"]

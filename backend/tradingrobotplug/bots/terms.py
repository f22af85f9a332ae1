"""The terms on which a bot trades with real money: as fields, in sentences, and as one hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..brokers.venues import VENUES
from ..models import Bot, TradingAccount
from ..money import as_text
from .service import COPIED

YOUR_ALERTS = "your TradingView alerts"
_PROTECTION = ("stop_loss_percent", "trailing_stop_percent", "take_profit_percent")
# What may not change between the terms and the yes, beside the terms themselves. `updated_at`
# moves with every change, `went_live_at` makes a confirmation good for one time.
_FIXED = (*COPIED, "name", "trading_mode", "trading_account_id", "went_live_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a user agrees to. Amounts are dollars; None: there is no such limit."""

    bot: Bot
    account: TradingAccount
    capital: Decimal
    signals_from: str  # the robot's name, or the user's alerts
    max_first_order: Decimal | None

    @property
    def max_daily_loss(self) -> Decimal | None:
        """The bot's own limit."""
        limit = self.bot.risk_management.get("max_daily_loss")
        return None if limit is None else Decimal(limit)

    @property
    def protection(self) -> dict[str, Decimal]:
        """What guards each entry of the bot: kind → percent of the entry's price."""
        limits = self.bot.risk_management
        return {name: Decimal(limits[name]) for name in _PROTECTION if limits.get(name)}

    @property
    def shown(self) -> dict[str, Any]:
        """As the API answers them."""
        return {
            "account": self.account,
            "robot_or_webhook": self.signals_from,
            "max_daily_loss": self.max_daily_loss,
            "max_first_order": self.max_first_order,
            "capital": self.capital,
            "protection": self.protection,
            "sentences": self.sentences,
        }

    @property
    def sentences(self) -> list[str]:
        """As a user reads them."""
        robot = "the robot " if self.bot.plugin_id else ""
        return [
            f"“{self.bot.name}” trades with real money, at {VENUES[self.account.broker].title}, in "
            f"your account “{self.account.label}” (its key ends in {self.account.key_ending}).",
            f"Its signals come from {robot}{self.signals_from}. Nobody asks you before an order is "
            "sent.",
            f"It counts ${as_text(self.capital)} as its capital: sizes in percent are percent of "
            "that and of what it gains or loses. This is no limit on what an order may cost.",
            _of_loss(self.max_daily_loss),
            _of_first_order(self.max_first_order),
            _of_protection(self.protection),
        ]

    @property
    def fingerprint(self) -> str:
        """One hash of all that was shown and of the configuration behind it."""
        kept = {name: str(getattr(self.bot, name)) for name in _FIXED}
        account = [str(self.account.id), self.account.key_version]
        text = json.dumps([self.sentences, account, kept], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _of_loss(limit: Decimal | None) -> str:
    if limit is None:
        return "It has no daily loss limit: it goes on, however much a day loses."
    return (
        f"Once a day's loss reaches ${as_text(limit)}, it opens nothing more until the next "
        "trading day. What it holds by then stays, with its protection, and can lose more."
    )


def _of_first_order(limit: Decimal | None) -> str:
    if limit is None:
        return "Its first live order may be as large as its settings and alerts say."
    return (
        f"Until its first live order has filled, none may be worth more than ${as_text(limit)}: "
        "twice its largest entry on paper."
    )


def _of_protection(guards: Mapping[str, Decimal]) -> str:
    if not guards:
        return "It sets no stop loss of its own: only what an alert brings guards a position."
    words = [f"{name.split('_percent')[0].replace('_', ' ')} at {as_text(away)} %"
             for name, away in guards.items()]  # fmt: skip
    return f"Unless an alert brings its own, each entry is guarded by a {', a '.join(words)}."

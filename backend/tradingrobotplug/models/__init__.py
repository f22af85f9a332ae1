"""Tables only, one file per noun. Importing this package registers every table."""

from .accounts import (
    IdempotencyKey,
    LoginAttempt,
    Site,
    SiteAssertion,
    SiteCode,
    SiteLink,
    Subscription,
    UsageCounter,
    User,
    UserSession,
)
from .audit import AuditLog
from .bots import Bot
from .performance import (
    BotPerformance,
    EquitySample,
    MarketMark,
    PerformanceCursor,
    UserPerformance,
)
from .signals import BotSequence, Signal
from .trading import Fill, Lot, Order, PaperAccount, PaperOrder, Position, RoundTrip
from .vault import TradingAccount

__all__ = [
    "AuditLog",
    "Bot",
    "BotPerformance",
    "BotSequence",
    "EquitySample",
    "Fill",
    "IdempotencyKey",
    "LoginAttempt",
    "Lot",
    "MarketMark",
    "Order",
    "PaperAccount",
    "PaperOrder",
    "PerformanceCursor",
    "Position",
    "RoundTrip",
    "Signal",
    "Site",
    "SiteAssertion",
    "SiteCode",
    "SiteLink",
    "Subscription",
    "TradingAccount",
    "UsageCounter",
    "User",
    "UserPerformance",
    "UserSession",
]

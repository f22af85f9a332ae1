"""Tables only, one file per noun. Importing this package registers every table."""

from .accounts import (
    AccountToken,
    ForgottenPassword,
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
from .mails import Mail
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
    "AccountToken",
    "AuditLog",
    "Bot",
    "BotPerformance",
    "BotSequence",
    "EquitySample",
    "Fill",
    "ForgottenPassword",
    "IdempotencyKey",
    "LoginAttempt",
    "Lot",
    "Mail",
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

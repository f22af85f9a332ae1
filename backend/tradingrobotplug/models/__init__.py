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
    SiteLinkCode,
    User,
    UserSession,
)
from .audit import AuditLog
from .billing import (
    BillingCustomer,
    EntitlementChange,
    PluginAccess,
    StripeEvent,
    Subscription,
    Transaction,
    UpgradePrompt,
    UsageCounter,
)
from .bots import Bot
from .credentials import ApiKey, BackupCode, SecondFactor
from .mails import Mail
from .notifications import Notification, NotificationChannel, NotificationPreference
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
from .venues import AccountState, Drift, Halt

__all__ = [
    "AccountState",
    "AccountToken",
    "ApiKey",
    "AuditLog",
    "BackupCode",
    "BillingCustomer",
    "Bot",
    "BotPerformance",
    "BotSequence",
    "Drift",
    "EntitlementChange",
    "EquitySample",
    "Fill",
    "ForgottenPassword",
    "Halt",
    "IdempotencyKey",
    "LoginAttempt",
    "Lot",
    "Mail",
    "MarketMark",
    "Notification",
    "NotificationChannel",
    "NotificationPreference",
    "Order",
    "PaperAccount",
    "PaperOrder",
    "PerformanceCursor",
    "PluginAccess",
    "Position",
    "RoundTrip",
    "SecondFactor",
    "Signal",
    "Site",
    "SiteAssertion",
    "SiteCode",
    "SiteLink",
    "SiteLinkCode",
    "StripeEvent",
    "Subscription",
    "TradingAccount",
    "Transaction",
    "UpgradePrompt",
    "UsageCounter",
    "User",
    "UserPerformance",
    "UserSession",
]

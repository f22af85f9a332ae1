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
from .enquiries import Enquiry
from .exports import Export, ExportChunk, TaxMethod
from .leaderboard import (
    LeaderboardCurve,
    LeaderboardDay,
    LeaderboardEntry,
    LeaderboardMember,
    LeaderboardPage,
)
from .mails import Mail
from .notifications import Notification, NotificationChannel, NotificationPreference
from .performance import (
    BotPerformance,
    CapitalFlow,
    EquitySample,
    MarketMark,
    PerformanceCursor,
    TripSum,
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
    "CapitalFlow",
    "Drift",
    "Enquiry",
    "EntitlementChange",
    "EquitySample",
    "Export",
    "ExportChunk",
    "Fill",
    "ForgottenPassword",
    "Halt",
    "IdempotencyKey",
    "LeaderboardCurve",
    "LeaderboardDay",
    "LeaderboardEntry",
    "LeaderboardMember",
    "LeaderboardPage",
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
    "TaxMethod",
    "TradingAccount",
    "Transaction",
    "TripSum",
    "UpgradePrompt",
    "UsageCounter",
    "User",
    "UserPerformance",
    "UserSession",
]

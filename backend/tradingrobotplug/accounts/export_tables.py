"""Which rows and columns an export holds: all that is the user's, and no secret, hashed or not."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from ..models import (
    AccountState,
    ApiKey,
    AuditLog,
    BackupCode,
    BillingCustomer,
    Bot,
    CapitalFlow,
    Drift,
    Enquiry,
    Export,
    Fill,
    Halt,
    LeaderboardMember,
    Mail,
    Notification,
    NotificationChannel,
    NotificationPreference,
    Order,
    PluginAccess,
    RoundTrip,
    SecondFactor,
    Signal,
    Subscription,
    TaxMethod,
    TradingAccount,
    Transaction,
    UpgradePrompt,
    UsageCounter,
    User,
    UserSession,
)

_LEFT_OUT = {
    "users": {"password_hash", "is_house"},
    "user_sessions": {"refresh_hash", "site_session"},
    "api_keys": {"key_hash"},
    "bots": {"secret_hash", "previous_secret_hash", "previous_secret_until"},
    "webhook_logs": {"claimed_at", "claimed_by"},
    "user_trading_accounts": {"sealed_keys", "wrapped_key", "wrapped_by"},
    "audit_logs": {"salt", "personal_hash", "prev_hash", "hash"},
    "second_factors": {"sealed_secret", "wrapped_key", "wrapped_by", "backup_salt", "last_step"},
    "backup_codes": {"code_hash"},
    "notification_channels": {"sealed_record", "wrapped_key", "wrapped_by"},
    "notifications": {"next_attempt_at"},
    "account_states": {"suspects"},
    "exports": {"lease_until", "link_hash", "link_until"},
    "mails": {"text", "html", "next_attempt_at", "last_error"},
}


def tables(user_id: uuid.UUID) -> dict[str, Select[Any]]:
    """File name → query. The names are ours, so no user's text becomes a path."""
    return _of_person(user_id) | _of_billing(user_id) | _of_trading(user_id) | _of_messages(user_id)


def _of_person(user_id: uuid.UUID) -> dict[str, Select[Any]]:
    codes = _columns(BackupCode).join(SecondFactor, SecondFactor.id == BackupCode.factor_id)
    return {
        "profile": _columns(User).where(User.id == user_id),
        "sessions": _own(UserSession, user_id, UserSession.created_at),
        "second_factor": _columns(SecondFactor).where(SecondFactor.user_id == user_id),
        "backup_codes": codes.where(SecondFactor.user_id == user_id).order_by(BackupCode.used_at),
        "api_keys": _own(ApiKey, user_id, ApiKey.created_at),
        "audit": _own(AuditLog, user_id, AuditLog.seq),
    }


def _of_billing(user_id: uuid.UUID) -> dict[str, Select[Any]]:
    return {
        "subscription": _own(Subscription, user_id, Subscription.updated_at),
        "billing_customer": _own(BillingCustomer, user_id, BillingCustomer.created_at),
        "transactions": _own(Transaction, user_id, Transaction.created_at),
        "robots": _own(PluginAccess, user_id, PluginAccess.plugin_id),
        "usage": _own(UsageCounter, user_id, UsageCounter.day),
        "upgrade_prompts": _own(UpgradePrompt, user_id, UpgradePrompt.day),
    }


def _of_trading(user_id: uuid.UUID) -> dict[str, Select[Any]]:
    states = _columns(AccountState).join(
        TradingAccount, TradingAccount.id == AccountState.account_id
    )
    signals = _columns(Signal).join(Bot, Bot.id == Signal.bot_id)
    flows = _columns(CapitalFlow).join(Bot, Bot.id == CapitalFlow.bot_id)
    return {
        "trading_accounts": _own(TradingAccount, user_id, TradingAccount.created_at),
        "account_states": states.where(TradingAccount.user_id == user_id).order_by(
            AccountState.account_id
        ),
        "differences": _own(Drift, user_id, Drift.id),
        "halts": _own(Halt, user_id, Halt.ordered_at),
        "bots": _own(Bot, user_id, Bot.id),
        "signals": signals.where(Bot.user_id == user_id).order_by(Signal.bot_id, Signal.seq),
        "orders": _own(Order, user_id, Order.id),
        "fills": _own(Fill, user_id, Fill.seq),
        "capital_flows": flows.where(Bot.user_id == user_id).order_by(CapitalFlow.seq),
        "round_trips": _own(RoundTrip, user_id, RoundTrip.seq),
        "files": _own(Export, user_id, Export.id),
        "tax_methods": _own(TaxMethod, user_id, TaxMethod.year),
        "leaderboard": _own(LeaderboardMember, user_id, LeaderboardMember.joined_at),
    }


def _of_messages(user_id: uuid.UUID) -> dict[str, Select[Any]]:
    channel, wish = NotificationChannel, NotificationPreference
    return {
        "enquiries": _own(Enquiry, user_id, Enquiry.id),
        "mails": _own(Mail, user_id, Mail.id),
        "notification_channels": _own(channel, user_id, channel.created_at),
        "notification_preferences": _own(wish, user_id, wish.id),
        "notifications": _own(Notification, user_id, Notification.id),
    }


def _own(table: Any, user_id: uuid.UUID, order: Any) -> Select[Any]:
    return _columns(table).where(table.user_id == user_id).order_by(order)


def _columns(table: Any) -> Select[Any]:
    hidden = _LEFT_OUT.get(table.__tablename__, set())
    return select(*(column for column in table.__table__.columns if column.name not in hidden))

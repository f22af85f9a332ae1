"""Which rows and columns an export holds: all that is the user's, and no secret, hashed or not."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from ..models import (
    AccountState,
    ApiKey,
    AuditLog,
    BackupCode,
    Bot,
    Drift,
    Fill,
    Halt,
    Mail,
    Notification,
    NotificationChannel,
    NotificationPreference,
    Order,
    RoundTrip,
    SecondFactor,
    Signal,
    TradingAccount,
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
    "mails": {"text", "html", "next_attempt_at", "last_error"},
}


def tables(user_id: uuid.UUID) -> dict[str, Select[Any]]:
    """File name → query. The names are ours, so no user's text becomes a path."""
    return {
        "profile": _columns(User).where(User.id == user_id),
        "sessions": _columns(UserSession)
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.created_at),
        "second_factor": _columns(SecondFactor).where(SecondFactor.user_id == user_id),
        "backup_codes": _columns(BackupCode)
        .join(SecondFactor, SecondFactor.id == BackupCode.factor_id)
        .where(SecondFactor.user_id == user_id)
        .order_by(BackupCode.used_at),
        "api_keys": _columns(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.created_at),
        "trading_accounts": _columns(TradingAccount)
        .where(TradingAccount.user_id == user_id)
        .order_by(TradingAccount.created_at),
        "account_states": _columns(AccountState)
        .join(TradingAccount, TradingAccount.id == AccountState.account_id)
        .where(TradingAccount.user_id == user_id)
        .order_by(AccountState.account_id),
        "differences": _columns(Drift).where(Drift.user_id == user_id).order_by(Drift.id),
        "halts": _columns(Halt).where(Halt.user_id == user_id).order_by(Halt.ordered_at),
        "bots": _columns(Bot).where(Bot.user_id == user_id).order_by(Bot.id),
        "signals": _columns(Signal)
        .join(Bot, Bot.id == Signal.bot_id)
        .where(Bot.user_id == user_id)
        .order_by(Signal.bot_id, Signal.seq),
        "orders": _columns(Order).where(Order.user_id == user_id).order_by(Order.id),
        "fills": _columns(Fill).where(Fill.user_id == user_id).order_by(Fill.seq),
        "round_trips": _columns(RoundTrip)
        .where(RoundTrip.user_id == user_id)
        .order_by(RoundTrip.seq),
        "mails": _columns(Mail).where(Mail.user_id == user_id).order_by(Mail.id),
        "notification_channels": _columns(NotificationChannel)
        .where(NotificationChannel.user_id == user_id)
        .order_by(NotificationChannel.created_at),
        "notification_preferences": _columns(NotificationPreference)
        .where(NotificationPreference.user_id == user_id)
        .order_by(NotificationPreference.id),
        "notifications": _columns(Notification)
        .where(Notification.user_id == user_id)
        .order_by(Notification.id),
        "audit": _columns(AuditLog).where(AuditLog.user_id == user_id).order_by(AuditLog.seq),
    }


def _columns(table: Any) -> Select[Any]:
    hidden = _LEFT_OUT.get(table.__tablename__, set())
    return select(*(column for column in table.__table__.columns if column.name not in hidden))

"""A user's trading accounts: kept, changed, given new keys, removed."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from ..accounts import audit
from ..brokers.keys import BrokerKeys
from ..errors import Conflict, Forbidden, NotFound
from ..models import Bot, Order, TradingAccount, User
from ..plans.entitlements import entitlements, refuse_unless
from ..vault.keyring import Binding, Sealed


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be changed, and the account as it was when the change was checked."""

    account: TradingAccount
    label: str
    permissions: str
    new_keys: BrokerKeys | None

    @property
    def next_binding(self) -> Binding:
        """Where the new keys will belong."""
        row = self.account
        return Binding(row.user_id, row.id, row.key_version + 1)

    @property
    def widens(self) -> bool:
        """Whether the kept keys are to do more than they were checked for."""
        return self.permissions == "trade" and self.account.permissions == "read"


def accounts_of(user_id: uuid.UUID) -> Select[TradingAccount]:
    """The query for a user's accounts, newest first."""
    mine = select(TradingAccount).where(TradingAccount.user_id == user_id)
    return mine.order_by(TradingAccount.created_at.desc(), TradingAccount.id.desc())


def account_for(session: Session, user_id: uuid.UUID, account_id: uuid.UUID) -> TradingAccount:
    """The user's account; NotFound if there is none, or it is someone else's."""
    account = session.get(TradingAccount, account_id)
    if account is None or account.user_id != user_id:
        raise NotFound("trading_account_not_found", "There is no such trading account.")
    return account


def refuse_beyond_plan(session: Session, user_id: uuid.UUID, environment: str) -> None:
    """Forbidden `plan_limit_reached` if the user's plan keeps to paper and this is not."""
    allowed = entitlements(session, user_id)
    refuse_unless(
        lambda plan: plan.live_trading or environment != "live",
        allowed,
        "live_trading",
        False,
        f"The {allowed.plan_title} plan allows paper accounts only.",
    )


def add(
    session: Session, given: Mapping[str, Any], binding: Binding, sealed: Sealed, now: datetime
) -> TradingAccount:
    """Store a checked account with its sealed keys. Conflict `label_taken`."""
    _lock_owner(session, binding.user_id)
    _refuse_taken_label(session, binding.user_id, given["label"], None)
    row = TradingAccount(
        id=binding.account_id,
        user_id=binding.user_id,
        **{name: given[name] for name in ("label", "broker", "environment", "permissions")},
        key_version=binding.key_version,
        key_ending=given["api_key"][-4:],
        sealed_keys=sealed.record,
        wrapped_key=sealed.key.blob,
        wrapped_by=sealed.key.by,
        created_at=now,
        verified_at=now,
    )
    session.add(row)
    session.flush()
    return row


def edit_of(account: TradingAccount, changes: Mapping[str, Any]) -> Edit:
    """The changes, with what stays filled in."""
    given = changes.get("api_key")
    return Edit(
        account=account,
        label=changes.get("label", account.label),
        permissions=changes.get("permissions", account.permissions),
        new_keys=keys_in(changes) if given else None,
    )


def keys_in(given: Mapping[str, Any]) -> BrokerKeys:
    """The keys as they were given, without the blank lines that pasting leaves around them."""
    return BrokerKeys(given["api_key"], given["api_secret"].strip())


def apply(session: Session, edit: Edit, sealed: Sealed | None, now: datetime) -> TradingAccount:
    """Store a checked change. Conflict `label_taken`; Conflict `changed_meanwhile` if the keys
    that were checked are no longer those of the account."""
    _lock_owner(session, edit.account.user_id)
    _refuse_taken_label(session, edit.account.user_id, edit.label, edit.account.id)
    row = session.get(TradingAccount, edit.account.id, with_for_update=True)
    seen = (edit.account.key_version, edit.account.revoked_at)
    if row is None or (row.key_version, row.revoked_at) != seen:
        raise Conflict(
            "changed_meanwhile", "The account was changed meanwhile. Look and try again."
        )
    if sealed is not None and edit.new_keys is not None:
        row.key_version = edit.next_binding.key_version
        row.key_ending = edit.new_keys.key[-4:]
        row.sealed_keys, row.wrapped_key = sealed.record, sealed.key.blob
        row.wrapped_by = sealed.key.by
        row.revoked_at = None
    if sealed is not None or edit.widens:
        row.verified_at = now
    row.label, row.permissions = edit.label, edit.permissions
    return row


def remove(session: Session, row: TradingAccount) -> None:
    """Forget an account that nothing trades at. Conflict `account_in_use` names the bots that do.

    The row's lock keeps a bot from being moved to it meanwhile.
    """
    session.refresh(row, with_for_update=True)
    is_open = Order.state.in_(("held", "planned", "submitting", "accepted", "partially_filled"))
    orders = exists().where(Order.bot_id == Bot.id, Order.account_id == row.id, is_open)
    trades_here = and_(Bot.trading_account_id == row.id, Bot.deleted_at.is_(None))
    names = session.scalars(
        select(Bot.name).where(Bot.user_id == row.user_id, or_(trades_here, orders))
    ).all()
    if names:
        listed = ", ".join(f"“{name}”" for name in sorted(names))
        raise Conflict(
            "account_in_use",
            f"Bots trade at this account: {listed}. Move them first.",
            {"bots": sorted(names)},
        )
    session.delete(row)


def erase(row: TradingAccount, now: datetime) -> None:
    """Revoke the keys here: neither they nor their data key are kept."""
    row.sealed_keys = row.wrapped_key = None
    row.revoked_at = now


def note(
    session: Session,
    action: str,
    row: TradingAccount,
    now: datetime,
    address: str,
    **details: str | int,
) -> None:
    """Record what was done to an account."""
    audit.record(
        session,
        f"trading_account.{action}",
        now,
        user_id=row.user_id,
        object_id=row.id,
        address=address,
        **details,
    )


def _lock_owner(session: Session, user_id: uuid.UUID) -> None:
    """Two requests with one label must not both find it free, and no key may be stored once the
    keys of a user who leaves were erased. Forbidden `account_leaving`."""
    user = select(User.leaving_at).where(User.id == user_id).with_for_update(key_share=True)
    if session.scalars(user).one() is not None:
        raise Forbidden("account_leaving", "This account is about to be deleted.")


def _refuse_taken_label(
    session: Session, user_id: uuid.UUID, label: str, own_id: uuid.UUID | None
) -> None:
    holder = session.scalar(
        select(TradingAccount.id).where(
            TradingAccount.user_id == user_id, TradingAccount.label == label
        )
    )
    if holder is not None and holder != own_id:
        raise Conflict("label_taken", "You have another trading account with this label.")

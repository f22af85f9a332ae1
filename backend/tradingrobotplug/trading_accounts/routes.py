"""HTTP in and out for trading accounts. Brokers and key services are asked between transactions."""

import uuid
from datetime import datetime
from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..db import new_id, transaction
from ..models import TradingAccount
from ..vault.keyring import Binding
from ..web.auth import caller, freshly_proved, signed_in, with_scope
from ..web.idempotency import idempotent
from ..web.limits import client_address, strictly
from ..web.openapi import guarded, keyed
from ..web.paging import page_of
from ..web.schemas import Paging
from . import keys, schemas, service, verification

blueprint = Blueprint(
    "trading_accounts", __name__, url_prefix="/api", description="Users' accounts at brokers"
)


@blueprint.get("/trading-accounts")
@keyed(blueprint, 422)
@with_scope("read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, schemas.TradingAccountList)
def list_accounts(paging: dict[str, int]) -> dict[str, Any]:
    """The caller's trading accounts, newest first"""
    with transaction() as session:
        found, total = page_of(session, service.accounts_of(caller().user_id), **paging)
    return {"trading_accounts": found, "total": total, **paging}


@blueprint.post("/trading-accounts")
@strictly
@guarded(blueprint, 409, 422, 503)
@signed_in
@freshly_proved
@idempotent
@blueprint.arguments(schemas.NewTradingAccount)
@blueprint.response(201, schemas.SingleTradingAccount)
def add_account(given: dict[str, Any]) -> dict[str, Any]:
    """Keep the keys of a broker account, once the broker has confirmed them

    Keys that can withdraw are refused. The keys are never shown again.
    """
    return {"trading_account": _added(given, clock.now())}


@blueprint.get("/trading-accounts/<uuid:account_id>")
@keyed(blueprint, 404)
@with_scope("read")
@blueprint.response(200, schemas.SingleTradingAccount)
def show_account(account_id: uuid.UUID) -> dict[str, Any]:
    """One trading account"""
    with transaction() as session:
        return {"trading_account": service.account_for(session, caller().user_id, account_id)}


@blueprint.put("/trading-accounts/<uuid:account_id>")
@strictly
@guarded(blueprint, 404, 409, 422, 503)
@signed_in
@freshly_proved
@blueprint.arguments(schemas.TradingAccountChanges)
@blueprint.response(200, schemas.SingleTradingAccount)
def change_account(changes: dict[str, Any], account_id: uuid.UUID) -> dict[str, Any]:
    """Change the label or the permissions, or replace the keys

    The broker is asked again if keys are replaced or may do more than before.
    """
    return {"trading_account": _changed(account_id, changes, clock.now())}


@blueprint.delete("/trading-accounts/<uuid:account_id>")
@guarded(blueprint, 404, 409)
@signed_in
@freshly_proved
@blueprint.response(200, schemas.TradingAccountRemoval)
def remove_account(account_id: uuid.UUID) -> dict[str, bool]:
    """Forget an account and its keys; at the broker they stay valid until they are revoked there

    An account that bots trade at is refused.
    """
    with transaction() as session:
        row = service.account_for(session, caller().user_id, account_id)
        service.note(session, "removed", row, clock.now(), client_address(), label=row.label)
        service.remove(session, row)
    return {"success": True}


def _added(given: dict[str, Any], now: datetime) -> TradingAccount:
    user_id = caller().user_id
    with transaction() as session:
        service.refuse_beyond_plan(session, user_id, given["environment"])
    shown = service.keys_in(given)
    verification.refuse_unfit(given["broker"], given["environment"], given["permissions"], shown)
    binding = Binding(user_id, new_id(), 1)
    sealed = keys.seal(shown, binding)
    with transaction() as session:
        row = service.add(session, given, binding, sealed, now)
        service.note(
            session,
            "added",
            row,
            now,
            client_address(),
            broker=row.broker,
            environment=row.environment,
            permissions=row.permissions,
        )
        return row


def _changed(account_id: uuid.UUID, changes: dict[str, Any], now: datetime) -> TradingAccount:
    with transaction() as session:
        row = service.account_for(session, caller().user_id, account_id)
        edit = service.edit_of(row, changes)
        if edit.new_keys or edit.widens:
            service.refuse_beyond_plan(session, row.user_id, row.environment)
        kept = None
        if edit.widens and not edit.new_keys:
            kept = keys.take_out(session, row.id, "check permissions", now)
    shown = edit.new_keys or (keys.opened(kept) if kept else None)
    if shown:
        verification.refuse_unfit(row.broker, row.environment, edit.permissions, shown)
    sealed = keys.seal(edit.new_keys, edit.next_binding) if edit.new_keys else None
    with transaction() as session:
        row = service.apply(session, edit, sealed, now)
        what = "keys_replaced" if sealed else "changed"
        service.note(session, what, row, now, client_address(), permissions=row.permissions)
        return row

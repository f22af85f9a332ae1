"""HTTP in and out for trading accounts' states and for drifts. Brokers are asked between
transactions."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock, db
from ..accounts import audit
from ..db import transaction
from ..models import Drift, TradingAccount
from ..trading_accounts.service import account_for
from ..web.auth import caller, with_scope
from ..web.idempotency import idempotent
from ..web.limits import client_address, strictly
from ..web.openapi import keyed
from ..web.paging import page_of
from . import accounts, schemas
from .locks import all_bots_locked, transactions_on
from .reconciliation import drifts, reconciler, repair, repairing, repairs
from .reconciliation.account_book import book_of
from .reconciliation.repairing import Task
from .reconciliation.repairs import Repair

blueprint = Blueprint(
    "trading", __name__, url_prefix="/api", description="What brokers hold, and where books differ"
)
_PLAIN = ("id", "bot_id", "kind", "symbol", "subject", "ours", "theirs", "found_at", "seen_at",
          "resolved_at", "resolution")  # fmt: skip


@blueprint.get("/trading-accounts/<uuid:account_id>/state")
@keyed(blueprint, 404)
@with_scope("read")
@blueprint.response(200, schemas.SingleAccountState)
def show_state(account_id: uuid.UUID) -> dict[str, Any]:
    """A trading account as its broker last showed it"""
    with transaction() as session:
        account_for(session, caller().user_id, account_id)
        return {"state": accounts.view(session, account_id)}


@blueprint.post("/trading-accounts/<uuid:account_id>/refresh")
@strictly
@keyed(blueprint, 404)
@with_scope("read")
@blueprint.response(200, schemas.SingleAccountState)
def refresh_state(account_id: uuid.UUID) -> dict[str, Any]:
    """Ask the broker now; `problem` says why it gave no answer"""
    with transaction() as session:
        account_for(session, caller().user_id, account_id)
    reconciler.look(account_id, clock.now())
    with transaction() as session:
        account_for(session, caller().user_id, account_id)
        return {"state": accounts.view(session, account_id)}


@blueprint.get("/drifts")
@keyed(blueprint, 422)
@with_scope("read")
@blueprint.arguments(schemas.DriftFilter, location="query")
@blueprint.response(200, schemas.DriftList)
def list_drifts(asked: dict[str, Any]) -> dict[str, Any]:
    """Where the caller's books and his brokers' differ, newest first"""
    paging = {"page": asked["page"], "limit": asked["limit"]}
    query = drifts.drifts_of(caller().user_id, asked["bot_id"], asked["account_id"])
    with transaction() as session:
        found, total = page_of(session, query, **paging)
        return {"drifts": _views(session, found), "total": total, **paging}


@blueprint.post("/drifts/<uuid:drift_id>/repair")
@keyed(blueprint, 404, 409, 422, 503)
@with_scope("trade")
@idempotent
@blueprint.arguments(schemas.RepairChoice)
@blueprint.response(200, schemas.SingleDrift)
def repair_drift(choice: dict[str, Repair], drift_id: uuid.UUID) -> dict[str, Any]:
    """Repair a difference in one of the ways it offers; the same way again changes nothing"""
    now = clock.now()
    with transaction() as session:
        task = repairing.asked(session, caller().user_id, drift_id, choice["way"])
        if task is not None:
            _note(session, task)
    if task is not None:
        with db.engine().connect() as connection, all_bots_locked(connection, task.bot_ids):
            repair.carry_out(task, now, transactions_on(connection))
    with transaction() as session:
        drift = drifts.drift_for(session, caller().user_id, drift_id)
        return {"drift": _views(session, [drift])[0]}


def _views(session: Session, rows: Sequence[Drift]) -> list[dict[str, Any]]:
    ids = {row.account_id for row in rows}
    account_of = {one: session.get_one(TradingAccount, one) for one in ids}
    books = {one: book_of(session, one) for one in ids}
    return [
        {name: getattr(row, name) for name in _PLAIN}
        | {
            "account": account_of[row.account_id],
            "sentence": drifts.in_words(row),
            "repairs": []
            if row.resolved_at
            else repairs.offered(repairing.stand_of(session, row, books[row.account_id])),
        }
        for row in rows
    ]


def _note(session: Session, task: Task) -> None:
    """Recorded before anything is done."""
    audit.record(
        session,
        "drift.repair",
        clock.now(),
        user_id=caller().user_id,
        object_id=task.drift.id,
        address=client_address(),
        by="session" if caller().session_id else "api_key",
        way=task.way,
        kind=task.drift.kind,
        symbol=task.drift.symbol,
    )

"""What is to be repaired: the drift, the books beside it as they are now, the bots it touches."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from ...brokers.venues import VENUES
from ...errors import Conflict
from ...models import Bot, Drift, TradingAccount
from ...money import ZERO
from . import drifts, repairs
from .account_book import book_of
from .comparison import DUST, POSITION, Book
from .repairs import Repair, Stand


@dataclass(frozen=True, slots=True)
class Task:
    """A repair that was asked for; `bot_ids` are locked while it is carried out."""

    drift: Drift
    way: Repair
    bot_ids: frozenset[uuid.UUID]
    asset_type: str


def asked(session: Session, user_id: uuid.UUID, drift_id: uuid.UUID, way: Repair) -> Task | None:
    """What the user asks for; None if exactly this was done before.

    NotFound; Conflict `drift_resolved` (in another way), `repair_not_offered`.
    """
    drift = drifts.drift_for(session, user_id, drift_id)
    if drift.resolved_at is not None:
        if drift.resolution == way:
            return None
        raise _resolved(drift)
    stand = stand_of(session, drift)
    ways = repairs.offered(stand)
    if way not in ways:
        raise Conflict(
            "repair_not_offered", "This difference can't be repaired so.", {"offered": list(ways)}
        )
    touched = set(repairs.share_out(stand).of_bots) if drift.kind == POSITION else set()
    if drift.bot_id is not None:
        touched.add(drift.bot_id)
    account = session.get_one(TradingAccount, drift.account_id)
    return Task(drift, way, frozenset(touched), VENUES[account.broker].asset_type)


def stand_of(session: Session, drift: Drift, book: Book | None = None) -> Stand:
    """The drift beside our books as they are now."""
    book = book or book_of(session, drift.account_id)
    account = session.get_one(TradingAccount, drift.account_id)
    holdings = book.holdings.get(drift.symbol, {})
    concerned = [bot_id for bot_id in {*holdings, drift.bot_id} if bot_id is not None]
    are_running = all(session.get_one(Bot, one).status == "running" for one in concerned)
    may_trade = account.permissions == "trade" and account.revoked_at is None
    return Stand(
        kind=drift.kind,
        bot_id=drift.bot_id,
        holdings=holdings,
        outside=book.outside.get(drift.symbol, ZERO),
        theirs=drift.theirs,
        can_trade=may_trade and are_running,
    )


def unchanged(session: Session, task: Task) -> tuple[Drift, Stand]:
    """The drift, locked, and the books beside it, if both are as the user saw them.

    Conflict `drift_resolved`, `changed_meanwhile`.
    """
    drift = drifts.drift_for(session, task.drift.user_id, task.drift.id)
    if drift.resolved_at is not None:
        raise _resolved(drift)
    stand = stand_of(session, drift)
    if drift.kind == POSITION:
        refuse_changed(stand.gap, task.drift.theirs - task.drift.ours)
    return drift, stand


def refuse_changed(now: Decimal, then: Decimal) -> None:
    """Conflict `changed_meanwhile` if a figure is no longer the one that the user has seen."""
    if abs(now - then) >= DUST:
        raise changed()


def changed() -> Conflict:
    """Nobody may decide on figures that are no longer so."""
    return Conflict("changed_meanwhile", "The figures have changed. Look again, then decide.")


def _resolved(drift: Drift) -> Conflict:
    details: dict[str, object] = {"resolution": drift.resolution}
    return Conflict("drift_resolved", "This difference has been resolved.", details)

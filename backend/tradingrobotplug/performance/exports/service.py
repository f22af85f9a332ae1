"""Whose export may be made, of which days and lots; and what its owner sees of it."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, event, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ... import queues
from ...errors import Conflict, Invalid, NotFound
from ...marketdata.calendar import NEW_YORK
from ...models import Bot, Export, TaxMethod, User
from ...plans import history
from .lots import Method
from .making import FORMS, Kind, Order
from .storage import LEASE
from .tax import methods_of

MOST_OPEN = 3
MOST_KEPT = 20
_FIRST_TAX_YEAR = 2009


def ask(session: Session, user_id: uuid.UUID, wish: Mapping[str, Any], now: datetime) -> Export:
    """Put an export down for the worker, who is rung once the transaction has been committed.

    Forbidden plan_limit_reached for days that the plan leaves out; Invalid; Conflict
    too_many_exports, tax_year_closed.
    """
    session.get_one(User, user_id, with_for_update=True)  # or two at once would both be the last
    _refuse_too_many(session, user_id)
    bot = _bot(session, user_id, wish["bot_id"])
    kind = Kind(wish["kind"])
    if kind is Kind.TAX_CSV:
        mode, parameters = wish["mode"] or "live", _tax_year(session, user_id, wish, now)
    else:
        mode = wish["mode"] or (_usual_mode(bot) if kind is Kind.REPORT_PDF else None)
        first, last = days(session, user_id, wish, now)
        parameters = {"start_date": _iso(first), "end_date": _iso(last)}
    row = Export(
        user_id=user_id, bot_id=bot.id if bot else None, kind=kind.value, mode=mode,
        parameters=parameters, state="queued", progress=0, attempts=0, lease_until=now + LEASE,
        summary={}, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    event.listen(session, "after_commit", lambda _: queues.enqueue(queues.MAKE_EXPORT, str(row.id)))
    return row


def days(
    session: Session, user_id: uuid.UUID, wish: Mapping[str, Any], now: datetime
) -> tuple[date | None, date | None]:
    """The first and last day of the file, None: no bound. Without a first one it begins as early
    as the plan shows; Forbidden plan_limit_reached for an earlier one."""
    first, last = wish["start_date"], wish["end_date"]
    if first and last and first > last:
        raise Invalid("invalid_input", "The range ends before it starts.")
    known = history.of_days(session, user_id, first, now)
    history.of_days(session, user_id, last, now)
    return first or known.first_date, last


def exports_of(user_id: uuid.UUID) -> Select[Export]:
    """The query for a user's exports, newest first."""
    return select(Export).where(Export.user_id == user_id).order_by(Export.id.desc())


def own(session: Session, user_id: uuid.UUID, export_id: uuid.UUID) -> Export:
    """The caller's export. NotFound if there is none, or it is someone else's."""
    found = session.get(Export, export_id)
    if found is None or found.user_id != user_id:
        raise NotFound("export_not_found", "There is no such export.")
    return found


def refuse_unfinished(found: Export) -> None:
    """Conflict export_not_ready."""
    if found.state != "done":
        raise Conflict(
            "export_not_ready",
            "This file is not ready." if found.state != "failed" else "This file was not made.",
            {"state": found.state, "progress": found.progress},
        )


def view(found: Export) -> dict[str, Any]:
    """What its owner sees."""
    names = (
        "id", "bot_id", "kind", "mode", "parameters", "state", "progress", "size", "sha256",
        "summary", "reason", "created_at", "finished_at", "expires_at",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names} | {"file_name": file_name(found)}


def file_name(found: Export) -> str:
    """Made of our words and dates alone."""
    scope = f"bot-{found.bot_id.hex[-8:]}-" if found.bot_id else ""
    mode = f"{found.mode}-" if found.mode else ""
    year = f"{found.parameters['year']}-" if "year" in found.parameters else ""
    day = found.created_at.astimezone(UTC).date().isoformat()
    return f"{scope}{mode}{year}{day}-{FORMS[Kind(found.kind)].name}"


def order_of(found: Export) -> Order:
    """What a worker is to make."""
    given = found.parameters
    return Order(
        kind=Kind(found.kind),
        user_id=found.user_id,
        bot_id=found.bot_id,
        mode=found.mode,
        first=_day(given.get("start_date")),
        last=_day(given.get("end_date")),
        year=given.get("year"),
        method=Method(given["tax_method"]) if given.get("tax_method") else None,
        asked_at=found.created_at,
    )


def _refuse_too_many(session: Session, user_id: uuid.UUID) -> None:
    states = session.scalars(select(Export.state).where(Export.user_id == user_id)).all()
    if sum(state in ("queued", "running") for state in states) >= MOST_OPEN:
        sentence = f"{MOST_OPEN} files are being made for you already. Wait for one of them."
        raise Conflict("too_many_exports", sentence, {"limit": MOST_OPEN})
    if len(states) >= MOST_KEPT:
        sentence = f"{MOST_KEPT} files are kept for you. Delete some of them first."
        raise Conflict("too_many_exports", sentence, {"limit": MOST_KEPT})


def _bot(session: Session, user_id: uuid.UUID, bot_id: uuid.UUID | None) -> Bot | None:
    if bot_id is None:
        return None
    bot = session.get(Bot, bot_id)
    if bot is None or bot.user_id != user_id or bot.deleted_at is not None:
        raise _wrong("bot_id", "There is no such bot.")
    return bot


def _usual_mode(bot: Bot | None) -> str:
    return bot.trading_mode if bot else "paper"


def _tax_year(
    session: Session, user_id: uuid.UUID, wish: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The year and its method. For the year in progress a live method that is given is kept; once
    the year is over it stays as it is."""
    current = now.astimezone(NEW_YORK).year
    year = wish["year"] or current
    if not _FIRST_TAX_YEAR <= year <= current:
        raise _wrong("year", f"Choose a year from {_FIRST_TAX_YEAR} to {current}.")
    kept = methods_of(session, user_id).get(year, Method.FIFO)
    method = Method(wish["tax_method"]) if wish["tax_method"] else kept
    if (wish["mode"] or "live") == "live" and method is not kept:
        if year < current:
            raise Conflict(
                "tax_year_closed",
                f"The year {year} is over: its lots stay matched as they were.",
                {"year": year, "tax_method": kept.value},
            )
        _keep_method(session, user_id, year, method, now)
    return {"year": year, "tax_method": method.value}


def _keep_method(
    session: Session, user_id: uuid.UUID, year: int, method: Method, now: datetime
) -> None:
    chosen = {"method": method.value, "chosen_at": now}
    row = insert(TaxMethod).values(user_id=user_id, year=year, **chosen)
    session.execute(
        row.on_conflict_do_update(index_elements=[TaxMethod.user_id, TaxMethod.year], set_=chosen)
    )


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, {"fields": {field: [sentence]}})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

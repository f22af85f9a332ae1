"""How often limits are met, where, and what came of it: refused, shown an offer, followed it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from .. import clock
from ..db import transaction
from ..models import UpgradePrompt
from ..web.errors import refused
from .entitlements import PlanLimitReached, entitlements


@dataclass(frozen=True, slots=True)
class Prompt:
    """A limit that was met at a place: a route of the API, or what a page calls itself."""

    kind: str  # refused | shown | clicked
    limit: str
    place: str
    next_plan: str | None


def register(app: Flask) -> None:
    """Count every refusal for the plan's sake, of whichever route."""
    app.register_error_handler(PlanLimitReached, _counted)


def count(session: Session, user_id: uuid.UUID, met: Prompt, now: datetime) -> None:
    """Add one to the day's count."""
    row = insert(UpgradePrompt).values(
        user_id=user_id,
        day=now.date(),
        kind=met.kind,
        limit=met.limit,
        place=met.place,
        plan_id=entitlements(session, user_id).plan_id,
        next_plan_id=met.next_plan,
        count=1,
    )
    key = ("user_id", "day", "kind", "limit", "place")
    session.execute(
        row.on_conflict_do_update(
            index_elements=list(key),
            set_={
                "count": UpgradePrompt.count + 1,
                "plan_id": row.excluded.plan_id,
                "next_plan_id": row.excluded.next_plan_id,
            },
        )
    )


def _counted(refusal: PlanLimitReached) -> ResponseReturnValue:
    # The refused request's own transaction was rolled back; this one is beside it.
    who = getattr(g, "caller", None)
    if who is not None:
        place = f"{request.method} {request.url_rule}"[:128]
        limit, next_plan = (refusal.details[name] for name in ("limit", "next_plan"))
        met = Prompt("refused", str(limit), place, str(next_plan) if next_plan else None)
        with transaction() as session:
            count(session, who.user_id, met, clock.now())
    return refused(refusal)

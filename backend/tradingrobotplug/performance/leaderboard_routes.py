"""HTTP in and out for the leaderboard: the boards, the published days, who takes part."""

from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..accounts import audit
from ..db import transaction
from ..errors import NotFound
from ..models import LeaderboardDay, LeaderboardPage
from ..web.auth import caller, signed_in, with_scope
from ..web.limits import client_address
from ..web.openapi import guarded, keyed, refuses
from ..web.paging import page_of
from ..web.schemas import Paging
from . import leaderboard, leaderboard_chain, leaderboard_members
from .leaderboard_schemas import (
    LeaderboardAnswer,
    LeaderboardQuery,
    LinesQuery,
    Membership,
    PublishedDays,
    PublishedLines,
)
from .periods import Period

blueprint = Blueprint("leaderboard", __name__, url_prefix="/api", description="The public record")

Answer = dict[str, Any]
_PUBLIC = {"Cache-Control": "public, max-age=15"}


@blueprint.get("/performance/public/leaderboard")
@blueprint.arguments(LeaderboardQuery, location="query")
@blueprint.response(200, LeaderboardAnswer)
def public_leaderboard(query: Answer) -> tuple[Answer, int, dict[str, str]]:
    """Robots, and users who take part, by risk-adjusted return; anonymous"""
    asked = leaderboard.Asked(**query | {"period": Period(query["period"])})
    with transaction() as session:
        return leaderboard.read(session, asked, clock.now()), 200, _PUBLIC


@blueprint.get("/performance/public/leaderboard/chain")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, PublishedDays)
def published_days(paging: dict[str, int]) -> tuple[Answer, int, dict[str, str]]:
    """The published days with their hashes, newest first"""
    with transaction() as session:
        days, total = page_of(session, leaderboard_chain.published(), **paging)
        return {"days": [_day(day) for day in days], "total": total, **paging}, 200, _PUBLIC


@blueprint.get("/performance/public/leaderboard/chain/lines")
@refuses(blueprint, 404, 422)
@blueprint.arguments(LinesQuery, location="query")
@blueprint.response(200, PublishedLines)
def published_lines(query: Answer) -> tuple[Answer, int, dict[str, str]]:
    """What was published of a day, exactly as it was hashed"""
    with transaction() as session:
        day = session.get(LeaderboardDay, query["day"])
        page = session.get(LeaderboardPage, (query["day"], query["page"]))
        if day is None or page is None:
            raise NotFound("day_not_found", "There is no such page of a published day.")
        return _day(day) | {"page": page.number, "lines": page.lines}, 200, _PUBLIC


@blueprint.get("/leaderboard/membership")
@keyed(blueprint)
@with_scope("read")
@blueprint.response(200, Membership)
def show_membership() -> Answer:
    """Whether the caller takes part, and at which places"""
    with transaction() as session:
        return leaderboard_members.membership(session, caller().user_id)


@blueprint.put("/leaderboard/membership")
@signed_in
@blueprint.response(200, Membership)
@guarded(blueprint)
def join() -> Answer:
    """Take part, under a name that is made up for the caller and stays the same"""
    return _changed(leaderboard_members.join, "leaderboard.joined")


@blueprint.delete("/leaderboard/membership")
@signed_in
@blueprint.response(200, Membership)
@guarded(blueprint)
def leave() -> Answer:
    """Take part no longer; days that were published stay"""
    return _changed(leaderboard_members.leave, "leaderboard.left")


def _changed(change: Any, action: str) -> Answer:
    now, user_id = clock.now(), caller().user_id
    with transaction() as session:
        if change(session, user_id, now):
            audit.record(session, action, now, user_id=user_id, address=client_address())
        return leaderboard_members.membership(session, user_id)


def _day(day: LeaderboardDay) -> Answer:
    names = ("day", "entries", "page_hashes", "previous_hash", "hash", "published_at")
    return {name: getattr(day, name) for name in names} | {"sealed": leaderboard_chain.seal(day)}

"""HTTP in and out for round trips, equity curves, trade analysis and execution."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from ..clock import now as read_clock
from ..db import transaction
from ..plans.entitlements import entitlements, refuse_analysis
from ..web.auth import caller, with_scope
from ..web.openapi import keyed
from . import analysis, analysis_schemas, asked, bots, equity, execution, round_trips, windows
from .asked import Asked
from .periods import Period

blueprint = Blueprint(
    "analysis", __name__, url_prefix="/api", description="Where figures come from"
)


@blueprint.get("/performance/<string:user_id>/round-trips")
@keyed(blueprint, 404)
@blueprint.arguments(analysis_schemas.UserRoundTripQuery, location="query")
@blueprint.response(200, analysis_schemas.RoundTripPage)
@with_scope("read")
def own_round_trips(query: dict[str, Any], user_id: str) -> dict[str, Any]:
    """The caller's round trips, filtered and in pages"""
    with transaction() as session:
        return round_trips.page(session, _own(session, user_id, query), query)


@blueprint.get("/bots/<uuid:bot_id>/round-trips")
@keyed(blueprint, 404)
@blueprint.arguments(analysis_schemas.RoundTripQuery, location="query")
@blueprint.response(200, analysis_schemas.RoundTripPage)
@with_scope("read")
def bot_round_trips(query: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """A bot's round trips, filtered and in pages"""
    with transaction() as session:
        return round_trips.page(session, _of_bot(session, bot_id, query), query)


@blueprint.get("/performance/<string:user_id>/equity")
@keyed(blueprint, 404)
@blueprint.arguments(analysis_schemas.UserEquityQuery, location="query")
@blueprint.response(200, analysis_schemas.EquityAnswer)
@with_scope("read")
def own_equity(query: dict[str, Any], user_id: str) -> dict[str, Any]:
    """The caller's equity curve, capital flows and drawdowns"""
    with transaction() as session:
        return equity.read(session, _own(session, user_id, query), query["kind"])


@blueprint.get("/bots/<uuid:bot_id>/equity")
@keyed(blueprint, 404)
@blueprint.arguments(analysis_schemas.EquityQuery, location="query")
@blueprint.response(200, analysis_schemas.EquityAnswer)
@with_scope("read")
def bot_equity(query: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """A bot's equity curve, capital flows and drawdowns"""
    with transaction() as session:
        return equity.read(session, _of_bot(session, bot_id, query), query["kind"])


@blueprint.get("/performance/<string:user_id>/analysis")
@keyed(blueprint, 404)
@blueprint.arguments(analysis_schemas.UserRangeQuery, location="query")
@blueprint.response(200, analysis_schemas.AnalysisAnswer)
@with_scope("read")
def own_analysis(query: dict[str, Any], user_id: str) -> dict[str, Any]:
    """The caller's round trips by symbol, side, weekday and hour, and how they are distributed"""
    with transaction() as session:
        return analysis.read(session, _own(session, user_id, query, is_analysis=True))


@blueprint.get("/bots/<uuid:bot_id>/analysis")
@keyed(blueprint, 404)
@blueprint.arguments(analysis_schemas.RangeQuery, location="query")
@blueprint.response(200, analysis_schemas.AnalysisAnswer)
@with_scope("read")
def bot_analysis(query: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """A bot's round trips by symbol, side, weekday and hour, and how they are distributed"""
    with transaction() as session:
        return analysis.read(session, _of_bot(session, bot_id, query, is_analysis=True))


@blueprint.get("/bots/<uuid:bot_id>/slippage")
@keyed(blueprint, 404)
@blueprint.arguments(analysis_schemas.RangeQuery, location="query")
@blueprint.response(200, analysis_schemas.SlippageAnswer)
@with_scope("read")
def bot_slippage(query: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """How far a bot's latest orders traded from the price that their signals saw"""
    with transaction() as session:
        return execution.slippage(session, _of_bot(session, bot_id, query, is_analysis=True))


@blueprint.get("/bots/<uuid:bot_id>/live-gap")
@keyed(blueprint, 404)
@blueprint.response(200, analysis_schemas.GapAnswer)
@with_scope("read")
def bot_gap(bot_id: uuid.UUID) -> dict[str, Any]:
    """A bot's record with real money beside its record on paper"""
    now, user_id = read_clock(), caller().user_id
    with transaction() as session:
        bot = bots.owned_bot(session, user_id, bot_id)
        refuse_analysis(entitlements(session, user_id))
        windows.refuse_beyond_plan(session, user_id, windows.Asked(Period.ALL_TIME), now)
        return execution.gap(session, bot)


def _own(
    session: Session, user_id: str, query: Mapping[str, Any], *, is_analysis: bool = False
) -> Asked:
    whose = windows.own_id(user_id, caller().user_id)
    if is_analysis:
        refuse_analysis(entitlements(session, whose))
    return asked.of_user(session, whose, query, read_clock())


def _of_bot(
    session: Session, bot_id: uuid.UUID, query: Mapping[str, Any], *, is_analysis: bool = False
) -> Asked:
    bot = bots.owned_bot(session, caller().user_id, bot_id)
    if is_analysis:
        refuse_analysis(entitlements(session, bot.user_id))
    return asked.of_bot(session, bot, query, read_clock())

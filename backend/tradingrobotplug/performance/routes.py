"""HTTP in and out for figures."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_smorest import Blueprint

from ..clock import now as read_clock
from ..config import Settings
from ..db import transaction
from ..web.auth import caller, with_scope
from ..web.openapi import keyed
from ..web.schemas import Failure
from . import bots, dashboard, windows
from .dashboard_schemas import DashboardAnswer, DashboardQuery
from .periods import Period
from .schemas import (
    PERIODS,
    BotPeriodFigures,
    BotQuery,
    WindowAnswer,
    WindowQuery,
)
from .windows import Asked

blueprint = Blueprint("performance", __name__, url_prefix="/api", description="Figures")

_PERIOD = f"<any({', '.join(repr(p) for p in PERIODS)}):period>"
_PUBLIC = {"Cache-Control": "public, max-age=15"}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@blueprint.get(f"/performance/plugin/<string:plugin_id>/{_PERIOD}")
@blueprint.arguments(WindowQuery, location="query")
@blueprint.response(200, WindowAnswer)
@blueprint.alt_response(404, schema=Failure)
def robot_record(
    query: dict[str, Any], plugin_id: str, period: str
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A robot's public record"""
    asked = Asked(Period(period), query["date"], query["mode"])
    with transaction() as session:
        answer = windows.of_house_robot(session, plugin_id, asked, read_clock())
        return answer, 200, _PUBLIC


@blueprint.get(f"/performance/<string:user_id>/{_PERIOD}")
@keyed(blueprint, 404)
@blueprint.arguments(WindowQuery, location="query")
@blueprint.response(200, WindowAnswer)
@with_scope("read")
def own_figures(query: dict[str, Any], user_id: str, period: str) -> dict[str, Any]:
    """The caller's figures in a window ("me" or the caller's own id)"""
    return _own(user_id, "", Asked(Period(period), query["date"], query["mode"]))


@blueprint.get(f"/performance/<string:user_id>/plugin/<string:plugin_id>/{_PERIOD}")
@keyed(blueprint, 404)
@blueprint.arguments(WindowQuery, location="query")
@blueprint.response(200, WindowAnswer)
@with_scope("read")
def own_robot_figures(
    query: dict[str, Any], user_id: str, plugin_id: str, period: str
) -> dict[str, Any]:
    """The caller's figures with one robot"""
    return _own(user_id, plugin_id, Asked(Period(period), query["date"], query["mode"]))


@blueprint.get("/bots/<uuid:bot_id>/performance")
@keyed(blueprint, 404)
@blueprint.arguments(BotQuery, location="query")
@blueprint.response(200, BotPeriodFigures)
@with_scope("read")
def bot_figures(query: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """A bot's figures, latest round trips and equity curve"""
    now, user_id = read_clock(), caller().user_id
    with transaction() as session:
        bot = bots.owned_bot(session, user_id, bot_id)
        span = bots.span_of(session, bot, query, now)
        first = span.first if span.period is None else None
        asked = Asked(Period(query["period"]), first)
        allowed = windows.refuse_beyond_plan(session, user_id, asked, now)
        return bots.figures(session, bot, span, allowed, now)


@blueprint.get("/dashboard")
@keyed(blueprint)
@blueprint.arguments(DashboardQuery, location="query")
@blueprint.response(200, DashboardAnswer)
@with_scope("read")
def first_page(query: dict[str, Any]) -> dict[str, Any]:
    """Everything a trader's first page shows, in one call"""
    with transaction() as session:
        page = dashboard.read(session, caller().user_id, query["mode"], read_clock())
    waited = page.pop("queue_age_seconds")
    return page | {"system": {"market_data": _market_data(), "queue_age_seconds": waited}}


def _own(user_id: str, plugin_id: str, asked: Asked) -> dict[str, Any]:
    now, own_id = read_clock(), windows.own_id(user_id, caller().user_id)
    with transaction() as session:
        windows.refuse_beyond_plan(session, own_id, asked, now)
        return windows.of_user(session, own_id, plugin_id, asked, now)


def _market_data() -> str:
    settings = current_app.config["TRP"]
    assert isinstance(settings, Settings)
    host = urlsplit(settings.alpaca_data_url).hostname
    return "simulated" if host in _LOOPBACK else "live"

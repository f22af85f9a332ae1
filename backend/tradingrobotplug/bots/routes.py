"""HTTP in and out for bots."""

import uuid
from typing import Any

from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock
from ..db import transaction
from ..models import Bot
from ..plans import history
from ..trading import warnings
from ..trading.holdings import positions_of
from ..web.auth import caller, with_scope
from ..web.idempotency import idempotent
from ..web.openapi import keyed
from ..web.paging import page_of
from ..web.schemas import Paging
from . import figures, safeguards, schemas, service, standstill, trades
from .configuration import Robot, chosen
from .trail import note as _note

_OF_ROBOT = {"symbols", "robot_parameters"}  # what its robot has a say in

blueprint = Blueprint("bots", __name__, url_prefix="/api", description="Bots and their life")


@blueprint.get("/bots")
@keyed(blueprint)
@with_scope("read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, schemas.BotList)
def list_bots(paging: dict[str, int]) -> dict[str, Any]:
    """The caller's bots, newest first."""
    with transaction() as session:
        bots, total = page_of(session, service.bots_of(caller().user_id), **paging)
        return {"bots": figures.views(session, bots), "total": total, **paging}


@blueprint.post("/bots")
@keyed(blueprint, 409, 422)
@with_scope("trade")
@idempotent
@blueprint.arguments(schemas.NewBot)
@blueprint.response(201, schemas.BotWithAddress)
def create_bot(config: dict[str, Any]) -> dict[str, Any]:
    """Make a bot. Its webhook address, secret included, is shown this once."""
    robot = _robot(config["plugin_id"])
    with transaction() as session:
        made = service.create_bot(session, caller().user_id, config, clock.now(), robot)
        _note(session, "created", made[0].id, mode=made[0].trading_mode)
        return _with_address(session, *made)


@blueprint.get("/bots/<uuid:bot_id>")
@keyed(blueprint, 404)
@with_scope("read")
@blueprint.response(200, schemas.SingleBot)
def show_bot(bot_id: uuid.UUID) -> dict[str, Any]:
    """One bot."""
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id)
        return {"bot": figures.view(session, bot)}


@blueprint.put("/bots/<uuid:bot_id>")
@keyed(blueprint, 404, 409, 422)
@with_scope("trade")
@blueprint.arguments(schemas.BotFields)
@blueprint.response(200, schemas.SingleBot)
def update_bot(changes: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """Change parts of a bot. A nested part that is given replaces the old one as a whole."""
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id, is_locked=True)
        safeguards.refuse_removal(session, bot, changes)
        robot = _robot(bot.plugin_id) if changes.keys() & _OF_ROBOT else None
        service.update_bot(session, bot, changes, clock.now(), robot)
        _note(session, "changed", bot.id, fields=" ".join(sorted(changes)))
        return {"bot": figures.view(session, bot)}


@blueprint.delete("/bots/<uuid:bot_id>")
@keyed(blueprint, 404, 409)
@with_scope("trade")
@blueprint.response(200, schemas.Deletion)
def delete_bot(bot_id: uuid.UUID) -> dict[str, bool]:
    """Delete a bot: its address is dead at once, its resting orders are cancelled

    One that holds a position with real money is refused: its stop loss would be cancelled.
    """
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id)
        standstill.refuse_live_holder(session, bot)
        service.delete_bot(bot, clock.now())
        _note(session, "deleted", bot_id)
        return {"success": True}


@blueprint.post("/bots/<uuid:bot_id>/status")
@keyed(blueprint, 404, 422)
@with_scope("trade")
@blueprint.arguments(schemas.ChangedStatus)
@blueprint.response(200, schemas.SingleBot)
def set_status(change: dict[str, str], bot_id: uuid.UUID) -> dict[str, Any]:
    """Run, pause or stop a bot."""
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id)
        service.set_status(session, bot, change["status"], clock.now())
        _note(session, change["status"], bot.id)
        return {"bot": figures.view(session, bot)}


@blueprint.post("/bots/<uuid:bot_id>/warnings/dismiss")
@keyed(blueprint, 404, 422)
@with_scope("trade")
@blueprint.arguments(schemas.Dismissal)
@blueprint.response(200, schemas.SingleBot)
def dismiss_warning(dismissal: dict[str, str], bot_id: uuid.UUID) -> dict[str, Any]:
    """Take a warning off a bot; it comes back if its reason does."""
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id)
        warnings.clear(session, bot, dismissal["key"])
        _note(session, "warning_dismissed", bot.id, warning=dismissal["key"])
        return {"bot": figures.view(session, bot)}


@blueprint.post("/bots/<uuid:bot_id>/clone")
@keyed(blueprint, 404, 409, 422)
@with_scope("trade")
@idempotent
@blueprint.arguments(schemas.Copy, required=False)
@blueprint.response(201, schemas.BotWithAddress)
def clone_bot(copy: dict[str, str | None], bot_id: uuid.UUID) -> dict[str, Any]:
    """Make a bot with the same configuration, its own address, money and history."""
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id)
        made = service.clone_bot(session, bot, copy["name"], clock.now())
        _note(session, "created", made[0].id, mode=made[0].trading_mode, copy_of=str(bot.id))
        return _with_address(session, *made)


@blueprint.post("/bots/<uuid:bot_id>/rotate-secret")
@keyed(blueprint, 404, 409, 422)
@with_scope("trade")
@idempotent
@blueprint.arguments(schemas.Rotation, required=False)
@blueprint.response(200, schemas.NewAddress)
def rotate_secret(rotation: dict[str, int], bot_id: uuid.UUID) -> dict[str, Any]:
    """Give a bot a new webhook address. It is shown this once."""
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id)
        overlap = rotation["overlap_seconds"]
        secret = service.rotate_secret(bot, overlap, clock.now())
        _note(session, "secret_rotated", bot.id, overlap_seconds=overlap)
        return {
            "webhook_url": service.webhook_url(_public_url(), bot, secret),
            "previous_valid_until": bot.previous_secret_until,
        }


@blueprint.get("/bots/<uuid:bot_id>/trades")
@keyed(blueprint, 404, 422)
@with_scope("read")
@blueprint.arguments(schemas.TradeFilter, location="query")
@blueprint.response(200, schemas.TradeList)
def list_trades(asked: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """A bot's orders, newest first, whatever became of them, as far back as the plan shows

    Pages by `page`, or, at the same cost however far back, by `after`: the `next` of the page
    before.
    """
    paging = {"page": asked["page"], "limit": asked["limit"]}
    now, user_id = clock.now(), caller().user_id
    with transaction() as session:
        bot = service.bot_for(session, user_id, bot_id)
        known = history.of_days(session, user_id, asked.get("start_date"), now)
        query = trades.orders_of(bot.id, asked, known.first_date)
        orders, total, more = trades.page_of_orders(session, query, asked.get("after"), **paging)
        return {
            "trades": trades.views(session, orders),
            "next": more,
            "total": total,
            "history": known,
            **paging,
        }


@blueprint.get("/bots/<uuid:bot_id>/positions")
@keyed(blueprint, 404)
@with_scope("read")
@blueprint.response(200, schemas.PositionList)
def list_positions(bot_id: uuid.UUID) -> dict[str, Any]:
    """What a bot holds, at the market's price where one can be had."""
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id)
        held = positions_of(session, bot.id).values()
    return {"positions": trades.priced(bot.asset_type, list(held), clock.now())}


def _robot(plugin_id: str | None) -> Robot | None:
    return chosen(current_app.config["ROBOTS"], plugin_id)


def _with_address(session: Session, bot: Bot, secret: str | None) -> dict[str, Any]:
    return {
        "bot": figures.view(session, bot),
        "webhook_url": service.webhook_url(_public_url(), bot, secret),
    }


def _public_url() -> str:
    return str(current_app.config["TRP"].public_url)

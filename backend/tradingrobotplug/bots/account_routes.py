"""HTTP in and out for where a bot trades, and for going live in two steps."""

import uuid
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from .. import clock, queues
from ..db import transaction
from ..models import Bot
from ..money import as_text
from ..trading import capital
from ..web.auth import caller, freshly_proved, refuse_stale, signed_in, with_scope
from ..web.idempotency import idempotent
from ..web.openapi import guarded, keyed
from . import account_schemas, confirmation, figures, going_live, schemas, service, standstill
from .confirmation import Confirmed
from .terms import YOUR_ALERTS
from .trail import note

blueprint = Blueprint(
    "bot_accounts", __name__, url_prefix="/api", description="Where bots trade, and going live"
)


@blueprint.post("/bots/<uuid:bot_id>/account")
@keyed(blueprint, 404, 409, 422)
@with_scope("trade")
@blueprint.arguments(account_schemas.NewPlace)
@blueprint.response(200, schemas.SingleBot)
def move_bot(place: dict[str, uuid.UUID | None], bot_id: uuid.UUID) -> dict[str, Any]:
    """Let a paper bot trade at one of the caller's Alpaca paper accounts, or at our paper broker

    It must hold nothing and have nothing open. Coinbase has no paper environment: crypto trades on
    paper at our paper broker.
    """
    account_id = place["trading_account_id"]
    with transaction() as session:
        bot = standstill.brought(session, caller().user_id, bot_id)
        going_live.move(session, bot, account_id, clock.now())
        note(session, "moved", bot.id, account=str(account_id or "paper broker"))
        return {"bot": figures.view(session, bot)}


@blueprint.post("/bots/<uuid:bot_id>/capital")
@keyed(blueprint, 404, 409, 422)
@with_scope("trade")
@idempotent
@blueprint.arguments(account_schemas.CapitalChange)
@blueprint.response(200, schemas.SingleBot)
def change_capital(wanted: dict[str, Decimal], bot_id: uuid.UUID) -> dict[str, Any]:
    """Give a bot more capital to trade with, or take some back: neither a gain nor a loss

    No more can be taken than is free. More real money needs a second factor given in the last ten
    minutes.
    """
    amount, now = wanted["amount"], clock.now()
    with transaction() as session:
        bot = standstill.brought(session, caller().user_id, bot_id)
        if bot.trading_mode == "live" and amount > 0:
            refuse_stale(caller(), now)
        capital.change(session, bot, amount, now)
        note(session, "capital_changed", bot.id, mode=bot.trading_mode, amount=as_text(amount))
        shown = {"bot": figures.view(session, bot)}
    queues.enqueue(queues.REFRESH_PERFORMANCE, str(bot_id))
    return shown


@blueprint.post("/bots/<uuid:bot_id>/live/terms")
@guarded(blueprint, 404, 409, 422)
@signed_in
@blueprint.arguments(account_schemas.Offer)
@blueprint.response(200, account_schemas.TermsToConfirm)
def show_terms(offer: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """The terms on which a bot would trade with real money, to be confirmed within five minutes

    Nothing changes yet. Whatever stands against going live is said here.
    """
    account_id, given = offer["trading_account_id"], offer["capital"]
    with transaction() as session:
        bot = service.bot_for(session, caller().user_id, bot_id)
        now = clock.now()
        terms = going_live.terms(session, bot, account_id, given, _signals_from(bot), now)
        what = Confirmed(account_id, given, terms.fingerprint)
        value = confirmation.signed(_secret(), bot.user_id, bot.id, what, now)
        return {"terms": terms.shown, "confirmation": value}


@blueprint.post("/bots/<uuid:bot_id>/live")
@guarded(blueprint, 404, 409, 422)
@signed_in
@freshly_proved
@idempotent
@blueprint.arguments(account_schemas.Yes)
@blueprint.response(200, schemas.SingleBot)
def go_live(yes: dict[str, str], bot_id: uuid.UUID) -> dict[str, Any]:
    """Let a bot trade with real money, on the terms that were shown

    Needs a second factor given in the last ten minutes. If anything differs from what was shown,
    nothing changes.
    """
    user_id, now = caller().user_id, clock.now()
    with transaction() as session:
        bot = standstill.brought(session, user_id, bot_id)
        what = confirmation.read(_secret(), yes["confirmation"], user_id, bot_id, now)
        terms = going_live.go(session, bot, what, _signals_from(bot), now)
        note(
            session,
            "went_live",
            bot.id,
            account=str(terms.account.id),
            key_ending=terms.account.key_ending,
            terms="\n".join(terms.sentences),
        )
        return {"bot": figures.view(session, bot)}


@blueprint.post("/bots/<uuid:bot_id>/paper")
@keyed(blueprint, 404, 409)
@with_scope("trade")
@blueprint.response(200, schemas.SingleBot)
def leave_live(bot_id: uuid.UUID) -> dict[str, Any]:
    """Take a live bot back to our paper broker; it must hold nothing and have nothing open"""
    with transaction() as session:
        bot = standstill.brought(session, caller().user_id, bot_id)
        going_live.leave(session, bot, clock.now())
        note(session, "left_live", bot.id)
        return {"bot": figures.view(session, bot)}


def _signals_from(bot: Bot) -> str:
    """The robot's name, or the user's alerts."""
    if bot.plugin_id is None:
        return YOUR_ALERTS
    robot = current_app.config["ROBOTS"].get(bot.plugin_id)
    return str(robot.name if robot else bot.plugin_id)


def _secret() -> str:
    return str(current_app.config["TRP"].jwt_secret)

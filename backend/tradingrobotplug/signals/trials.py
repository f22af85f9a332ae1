"""Alerts that a user sends by hand to see what they do: tests, and replays on paper."""

import json
import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from ..bots.service import bot_for
from ..bots.twin import on_paper
from ..errors import Conflict, Invalid
from ..models import Bot, Signal
from .door import MAX_BODY
from .service import record_signal, to_replay

_FIRST_SYMBOL = {"crypto": "BTC-USD", "stocks": "AAPL"}
_DOLLARS = 10


def send_test(
    session: Session, user_id: uuid.UUID, bot_id: uuid.UUID, alert: str | None, now: datetime
) -> Signal:
    """Store the alert, or a small buy if there is none, as a test. Ring for the bot after the
    commit. Conflict `live_bot` for a bot that trades live; Invalid for what no webhook takes."""
    bot = bot_for(session, user_id, bot_id)
    if bot.trading_mode == "live":
        raise Conflict("live_bot", "This bot trades live: a test would be a real order.")
    body = small_buy(bot) if alert is None else alert.encode()
    if len(body) > MAX_BODY:
        raise Invalid("alert_too_large", f"The alert is too large: at most {MAX_BODY} bytes.")
    return _stored(record_signal(session, bot.id, body, None, "test", now))


def replay_on_paper(
    session: Session, user_id: uuid.UUID, signal_id: uuid.UUID, now: datetime
) -> Signal:
    """The same alert once more on paper: at the bot if it trades there, else at its paper twin.
    Ring for the bot after the commit. Conflict while the old signal is still open."""
    old = to_replay(session, user_id, signal_id)
    bot = on_paper(session, session.get_one(Bot, old.bot_id), now)
    made = record_signal(session, bot.id, old.body, None, "paper_replay", now, replay_of=old.id)
    return _stored(made)


def small_buy(bot: Bot) -> bytes:
    """An alert for ten dollars of the bot's first symbol."""
    symbol = bot.symbols[0] if bot.symbols else _FIRST_SYMBOL[bot.asset_type]
    alert = {
        "action": "buy",
        "symbol": symbol,
        "quantity": _DOLLARS,
        "quantityType": "dollar_amount",
    }
    return json.dumps(alert).encode()


def _stored(signal: Signal | None) -> Signal:
    assert signal is not None  # without a key there is nothing to repeat
    return signal

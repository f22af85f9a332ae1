"""Shapes of signals."""

from marshmallow import fields
from marshmallow.validate import OneOf

from ..web.schemas import Paging, Shape

STATUSES = (
    "received",
    "processing",
    "retrying",
    "done",
    "dead",
    "expired",
    "refused",
    "rate_limited",
    "ignored",
    "discarded",
)


class Received(Shape):
    """The sender's answer: the alert is stored and will be worked on."""

    received = fields.Boolean(required=True)
    signal_id = fields.UUID(required=True)
    duplicate = fields.Boolean(
        metadata={"description": "true: the same alert was already received; it trades once."}
    )
    ignored = fields.String(
        metadata={"description": "Why the alert is kept but will not trade (the bot is paused)."}
    )


class SignalPaging(Paging):
    """?page=1&limit=50&status=dead"""

    status = fields.String(load_default=None, validate=OneOf(STATUSES))


class SignalView(Shape):
    """A signal and everything that was decided about it."""

    id = fields.UUID(required=True)
    bot_id = fields.UUID(required=True)
    seq = fields.Integer(required=True)
    source = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": STATUSES})
    received_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    last_error = fields.String(required=True, allow_none=True)
    parser = fields.String(required=True, allow_none=True)
    intent = fields.Dict(required=True, allow_none=True)
    body = fields.String(
        required=True, metadata={"description": "What came in, as text, at most 4 kB of it."}
    )
    log = fields.List(fields.Dict(), required=True)
    replay_of = fields.UUID(required=True, allow_none=True)
    orders = fields.List(fields.Dict(), required=True)


class SignalList(Shape):
    """One page of a bot's signals, the newest first."""

    signals = fields.List(fields.Nested(SignalView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class OneSignal(Shape):
    """One signal."""

    signal = fields.Nested(SignalView, required=True)


class Replay(Shape):
    """Where to: the bot once more, or paper (its paper twin if it trades at a broker)."""

    to = fields.String(load_default="bot", validate=OneOf(("bot", "paper")))


class Replayed(Shape):
    """The new signal that repeats an old one, and the bot that has it."""

    signal_id = fields.UUID(required=True)
    bot_id = fields.UUID(required=True)


class Discarded(Shape):
    """Whether the signal was discarded."""

    success = fields.Boolean(required=True)

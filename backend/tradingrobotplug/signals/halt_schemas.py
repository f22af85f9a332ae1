"""Shapes of stops on the wire."""

from marshmallow import fields
from marshmallow.validate import Length, OneOf

from ..bots.schemas import HaltedView
from ..trading.halts import LEVELS
from ..web.schemas import Shape


class BotStop(Shape):
    """POST /api/bots/{bot_id}/halt: how much is to be stopped."""

    level = fields.String(required=True, validate=OneOf(LEVELS))


class Stop(BotStop):
    """POST /api/halt, POST /api/admin/halt."""

    reason = fields.String(load_default=None, allow_none=True, validate=Length(1, 200))


class HaltView(HaltedView):
    """A stop in force."""

    carried_out_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When every bot had its signals; entries are refused before."},
    )


class PlatformHalt(Shape):
    """Whether the operator has stopped everybody."""

    halt = fields.Nested(HaltView, required=True, allow_none=True)


class OwnHalts(PlatformHalt):
    """`halt`: the caller's own bots; `platform`: everybody's."""

    platform = fields.Nested(HaltView, required=True, allow_none=True)

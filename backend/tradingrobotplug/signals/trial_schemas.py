"""Shapes of trying an alert out: the preview, and the test that goes the whole way."""

from marshmallow import fields
from marshmallow.validate import Length

from ..web.schemas import Amount, Shape

_LONGEST = 128 * 1024  # more than the webhook takes, so that it can be said what is too much


class Pasted(Shape):
    """The raw body of an alert, as its sender would post it."""

    alert = fields.String(required=True, validate=Length(max=_LONGEST))


class Trial(Shape):
    """Without an alert: a buy for ten dollars of the bot's first symbol."""

    alert = fields.String(load_default=None, allow_none=True, validate=Length(1, _LONGEST))


class Reading(Shape):
    """How the alert reads."""

    parser = fields.String(required=True)
    intent = fields.Dict(required=True)
    summary = fields.String(required=True)


class WebhookAnswer(Shape):
    """What the webhook would say: received, duplicate (`signal_id` has it), ignored, refused,
    rate_limited or too_large."""

    answer = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    signal_id = fields.UUID(required=True, allow_none=True)


class RuleVerdict(Shape):
    """What one rule says of one order."""

    symbol = fields.String(required=True)
    leg = fields.String(required=True)
    rule = fields.String(required=True)
    verdict = fields.String(required=True, metadata={"enum": ["pass", "refuse"]})
    detail = fields.String(required=True)


class Prices(Shape):
    """An order's kind and prices; what it does not have is null."""

    leg = fields.String(required=True)
    type = fields.String(required=True)
    quantity = Amount(required=True)
    limit_price = Amount(required=True, allow_none=True)
    stop_price = Amount(required=True, allow_none=True)
    trail_percent = Amount(required=True, allow_none=True)
    trail_amount = Amount(required=True, allow_none=True)


class PreviewedGuard(Prices):
    """An order that would guard the fills; held by the venue or by this platform. Of a `bracket`
    (target and stop in one order) `stop_limit_price` is the limit of its stop, if it has one."""

    stop_limit_price = Amount(required=True, allow_none=True)
    held_by = fields.String(required=True, metadata={"enum": ["venue", "platform"]})


class PreviewedOrder(Prices):
    """An order that would go out. `follows_exit`: only once the exit before it has filled."""

    venue = fields.String(required=True)
    symbol = fields.String(required=True)
    side = fields.String(required=True)
    time_in_force = fields.String(required=True)
    extended_hours = fields.Boolean(required=True)
    reference_price = Amount(required=True)
    follows_exit = fields.Boolean(required=True)
    sizing = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    protection = fields.List(fields.Nested(PreviewedGuard), required=True)


class Cancelled(Shape):
    """An order that rests and would be cancelled first."""

    id = fields.UUID(required=True)
    leg = fields.String(required=True)
    symbol = fields.String(required=True)
    side = fields.String(required=True)
    type = fields.String(required=True)
    quantity = Amount(required=True)
    limit_price = Amount(required=True, allow_none=True)
    stop_price = Amount(required=True, allow_none=True)


class PresentQuote(Shape):
    """The quote that everything was worked out at."""

    bid = Amount(required=True)
    ask = Amount(required=True)
    at = fields.AwareDateTime(required=True)


class Preview(Shape):
    """What the alert would do now. `refusal`: why nothing would be traded."""

    status = fields.String(
        required=True, metadata={"enum": ["planned", "refused", "ignored", "cancel"]}
    )
    refusal = fields.String(required=True, allow_none=True)
    reads = fields.Nested(Reading, required=True, allow_none=True)
    webhook = fields.Nested(WebhookAnswer, required=True, allow_none=True)
    symbol = fields.String(required=True, allow_none=True)
    notes = fields.List(fields.String(), required=True)
    sizing = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    rules = fields.List(fields.Nested(RuleVerdict), required=True)
    orders = fields.List(fields.Nested(PreviewedOrder), required=True)
    cancels = fields.List(fields.Nested(Cancelled), required=True)
    quote = fields.Nested(PresentQuote, required=True, allow_none=True)


class Stored(Shape):
    """The signal that was stored; it is worked on like any other."""

    signal_id = fields.UUID(required=True)

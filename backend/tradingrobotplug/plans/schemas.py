"""Shapes of the plans on sale."""

from marshmallow import fields, validate

from ..web.schemas import Shape
from . import catalogue

LIMITS = (
    *("bots", "webhooks_per_day", "robots", "robot_access", "live_trading"),
    *("periods", "history_days", "api_access", "analytics", "customisation", "plan"),
)
"""What an offer to upgrade may be about; `plan`: none of them in particular."""


class CallToAction(Shape):
    """The button under a plan."""

    label = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": ["start", "upgrade", "contact"]})


class LimitsView(Shape):
    """What is enforced; null means no limit."""

    bots = fields.Integer(required=True)
    webhooks_per_day = fields.Integer(required=True)
    robots = fields.Integer(required=True, allow_none=True)
    history_days = fields.Integer(required=True, allow_none=True)
    periods = fields.List(fields.String(), required=True)


class FeatureView(Shape):
    """One row of the comparison table, the same rows in the same order for every plan."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    value = fields.Raw(
        required=True,
        allow_none=True,
        metadata={"description": "A number, a text, a list, true or false; null means no limit."},
    )


class PlanView(Shape):
    """One plan, as it is sold."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    default = fields.Boolean(required=True)
    popular = fields.Boolean(required=True)
    price_cents = fields.Integer(required=True)
    currency = fields.String(required=True)
    interval = fields.String(required=True)
    trial_days = fields.Integer(required=True)
    cta = fields.Nested(CallToAction, required=True)
    limits = fields.Nested(LimitsView, required=True)
    features = fields.List(fields.Nested(FeatureView), required=True)


class PlanList(Shape):
    """Every plan, from the smallest to the largest."""

    plans = fields.List(fields.Nested(PlanView), required=True)


class HistoryView(Shape):
    """How far back the plan shows (null: all), and the plan that shows more; `clamped`: more was
    asked for than is shown."""

    days = fields.Integer(required=True, allow_none=True)
    first_date = fields.Date(required=True, allow_none=True)
    clamped = fields.Boolean(required=True)
    next_plan = fields.String(required=True, allow_none=True)


class SeenPrompt(Shape):
    """An offer to upgrade: whether it was shown or followed, of which limit, and where."""

    kind = fields.String(required=True, validate=validate.OneOf(("shown", "clicked")))
    limit = fields.String(required=True, validate=validate.OneOf(LIMITS))
    place = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_.-]{0,63}\Z"))
    next_plan = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf([plan.id for plan in catalogue.plans()]),
    )


class Counted(Shape):
    success = fields.Boolean(required=True)


class MissingFact(Shape):
    """One thing that the plan leaves out, in the user's own numbers.

    `history_days`: days before the first one shown, with the `fills` in them; `periods`, `robots`:
    how many, by their names; `bots`: paused for want of a place; `webhooks_per_day`: alerts turned
    away in 30 days; `live_trading`: tries to go live in 30 days.
    """

    key = fields.String(required=True)
    number = fields.Integer(required=True)
    names = fields.List(fields.String(), required=True)
    fills = fields.Integer(required=True, allow_none=True)
    unlocked_by = fields.String(required=True, allow_none=True)


class Missing(Shape):
    plan = fields.String(required=True)
    next_plan = fields.String(required=True, allow_none=True)
    missing = fields.List(fields.Nested(MissingFact), required=True)

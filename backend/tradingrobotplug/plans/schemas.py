"""Shapes of the plans on sale."""

from marshmallow import fields

from ..web.schemas import Shape


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

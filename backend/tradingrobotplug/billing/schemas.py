"""Shapes of billing. Amounts that Stripe names are whole cents."""

from marshmallow import fields, validate

from ..web.schemas import Shape

_SHORT = validate.Length(1, 64)
_ADDRESS = validate.Length(8, 500)


class PlanRef(Shape):
    id = fields.String(required=True)
    title = fields.String(required=True)


class Scheduled(Shape):
    """The plan that begins with a later period."""

    plan = fields.String(required=True)
    title = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class Bought(Shape):
    """A subscription; `given`: by the operator, nothing is charged. Status: Stripe's word."""

    plan = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)
    given = fields.Boolean(required=True)
    period_start = fields.AwareDateTime(required=True, allow_none=True)
    period_end = fields.AwareDateTime(required=True, allow_none=True)
    trial_end = fields.AwareDateTime(required=True, allow_none=True)
    cancel_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "It ends then, unless resumed."}
    )
    scheduled = fields.Nested(Scheduled, required=True, allow_none=True)
    past_due_since = fields.AwareDateTime(required=True, allow_none=True)
    grace_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "A payment failed; everything works until then."},
    )
    lapsed = fields.Boolean(
        required=True, metadata={"description": "That time is over: the default plan counts."}
    )


class UsageBar(Shape):
    """What is used of a limit; no limit: both are null."""

    key = fields.String(required=True)
    used = fields.Integer(required=True)
    limit = fields.Integer(required=True, allow_none=True)
    percent = fields.Integer(required=True, allow_none=True)


class OwnSubscription(Shape):
    """The plan in force, and what was bought."""

    plan = fields.Nested(PlanRef, required=True)
    next_plan = fields.String(required=True, allow_none=True)
    billing = fields.String(
        required=True,
        metadata={"enum": ["live", "test", "off"], "description": "test: no real money moves."},
    )
    can_open_portal = fields.Boolean(required=True)
    subscription = fields.Nested(Bought, required=True, allow_none=True)
    usage = fields.List(fields.Nested(UsageBar), required=True)


class Purchase(Shape):
    """Where Stripe sends the browser afterwards: a page of the connected site, or of this API."""

    return_url = fields.String(required=True, validate=_ADDRESS)
    code = fields.String(load_default=None, allow_none=True, validate=_SHORT)


class PlanPurchase(Purchase):
    plan = fields.String(required=True, validate=_SHORT)


class Address(Shape):
    """Where to send the browser."""

    url = fields.String(required=True)


class Return(Shape):
    return_url = fields.String(required=True, validate=_ADDRESS)


class WantedPlan(Shape):
    plan = fields.String(required=True, validate=_SHORT)


class PreviewLine(Shape):
    """Below 0 is given back."""

    description = fields.String(required=True)
    amount_cents = fields.Integer(required=True)


class ChangePreview(Shape):
    """What a change would mean: `up` now with `due_cents`, `down` at `effective_at` for nothing."""

    plan = fields.String(required=True)
    title = fields.String(required=True)
    way = fields.String(required=True, metadata={"enum": ["up", "down"]})
    effective_at = fields.AwareDateTime(required=True)
    due_cents = fields.Integer(required=True)
    credit_cents = fields.Integer(
        required=True, metadata={"description": "What goes to the customer's credit instead."}
    )
    currency = fields.String(required=True)
    lines = fields.List(fields.Nested(PreviewLine), required=True)
    price_cents = fields.Integer(required=True, metadata={"description": "From then on, a month."})


class WantedChange(WantedPlan):
    """`shown_at`: the preview's `effective_at`, so that it is billed as shown."""

    shown_at = fields.AwareDateTime(load_default=None, allow_none=True)


class TransactionView(Shape):
    """An invoice, a payment for a robot, or a refund. `total_cents` below 0 was credited;
    `paid_cents` really moved."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": ["invoice", "payment", "refund"]})
    number = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    description = fields.String(required=True)
    currency = fields.String(required=True)
    total_cents = fields.Integer(required=True)
    paid_cents = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)


class TransactionList(Shape):
    transactions = fields.List(fields.Nested(TransactionView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class Receipt(Shape):
    """Where an invoice can be seen and had as PDF; asked of Stripe just now, as links run out."""

    page_url = fields.String(required=True, allow_none=True)
    pdf_url = fields.String(required=True, allow_none=True)


class RobotAccess(Shape):
    """Whether the user may run a robot: demo and limited on paper only; null: not."""

    robot_id = fields.String(required=True)
    access = fields.String(
        required=True, allow_none=True, metadata={"enum": ["demo", "limited", "full", None]}
    )
    source = fields.String(
        required=True, allow_none=True, metadata={"enum": ["plan", "purchase", "grant", None]}
    )
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    price_cents = fields.Integer(required=True, allow_none=True)
    unlocked_by = fields.String(required=True, allow_none=True)


class LevelAccess(Shape):
    """Whether the user may change robots' settings of a level, and the plan that brings it."""

    allowed = fields.Boolean(required=True)
    unlocked_by = fields.String(required=True, allow_none=True)


class RobotAccessList(Shape):
    robots = fields.List(fields.Nested(RobotAccess), required=True)
    parameters = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(LevelAccess),
        required=True,
        metadata={"description": "By the levels that settings have: basic and advanced."},
    )


class Taken(Shape):
    """The event was put down."""

    received = fields.Boolean(required=True)

"""Shape of the dashboard's answer."""

from marshmallow import Schema, fields

from ..web.schemas import Shape
from .periods import Mode
from .schemas import Figures, Point, one_mode


class DashboardQuery(Shape):
    """?mode=: whose amounts and figures; all bots are listed, whatever they trade with."""

    mode = fields.String(load_default=Mode.PAPER.value, validate=one_mode)


class DashboardBot(Schema):
    """A bot in the dashboard's list."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True)
    asset_type = fields.String(required=True)
    symbols = fields.List(fields.String(), required=True)
    signal_source = fields.String(required=True)
    trading_mode = fields.String(required=True)
    total_pnl = fields.Float(required=True)
    trade_count = fields.Integer(required=True)
    win_rate = fields.Float(required=True, allow_none=True)
    equity = fields.String(required=True)


class DashboardTrade(Schema):
    """A recent order; amounts as text."""

    id = fields.String(required=True)
    bot_id = fields.String(required=True)
    bot_name = fields.String(required=True)
    signal_id = fields.String(required=True)
    leg = fields.String(required=True)
    symbol = fields.String(required=True)
    side = fields.String(required=True)
    type = fields.String(required=True)
    state = fields.String(required=True)
    mode = fields.String(required=True)
    quantity = fields.String(required=True)
    filled_quantity = fields.String(required=True)
    average_price = fields.String(required=True, allow_none=True)
    fees = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class DashboardSignal(Schema):
    """A recent signal."""

    id = fields.String(required=True)
    bot_id = fields.String(required=True)
    bot_name = fields.String(required=True)
    status = fields.String(required=True)
    received_at = fields.AwareDateTime(required=True)
    summary = fields.String(required=True)
    last_error = fields.String(required=True, allow_none=True)


class DashboardUsage(Schema):
    """What is used up of the plan."""

    bots = fields.Integer(required=True)
    webhooks_today = fields.Integer(required=True)


class DashboardPlan(Schema):
    """The plan in force, its limits (null: none) and what is used of them."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    next_plan = fields.String(required=True, allow_none=True)
    limits = fields.Dict(required=True)
    usage = fields.Nested(DashboardUsage, required=True)


class DashboardSystem(Schema):
    """Where prices come from, and how long the oldest open signal has waited."""

    market_data = fields.String(required=True)
    queue_age_seconds = fields.Float(required=True)


class DashboardAnswer(Figures):
    """Everything the first page shows; `metrics` are of the whole record."""

    total_value = fields.String(required=True)
    todays_pnl = fields.String(required=True)
    active_bots = fields.Integer(required=True)
    bot_count = fields.Integer(required=True)
    bots = fields.List(fields.Nested(DashboardBot), required=True)
    recent_trades = fields.List(fields.Nested(DashboardTrade), required=True)
    recent_signals = fields.List(fields.Nested(DashboardSignal), required=True)
    equity_curve = fields.List(fields.Nested(Point), required=True)
    plan = fields.Nested(DashboardPlan, required=True)
    system = fields.Nested(DashboardSystem, required=True)
    as_of = fields.AwareDateTime(required=True)

"""Shapes of the performance answers."""

from marshmallow import Schema, fields, validate

from ..plans.schemas import HistoryView
from ..web.schemas import Shape
from .periods import Mode, Period

PERIODS = [period.value for period in Period]
_period = validate.OneOf(PERIODS)
one_mode = validate.OneOf([mode.value for mode in Mode])


class WindowQuery(Shape):
    """?date= a day in the asked window (default: today), ?mode=."""

    date = fields.Date(load_default=None)
    mode = fields.String(load_default=Mode.PAPER.value, validate=one_mode)


class BotQuery(Shape):
    """?period=, or ?start_date= and ?end_date= for a range of trading days. ?mode=: the one that
    the bot trades in where none is named."""

    period = fields.String(load_default=Period.DAILY.value, validate=_period)
    mode = fields.String(load_default=None, validate=one_mode)
    start_date = fields.Date(load_default=None)
    end_date = fields.Date(load_default=None)


class TripFigures(Schema):
    """Figures of some round trips; null where undefined."""

    trade_count = fields.Integer(required=True)
    win_count = fields.Integer(required=True)
    loss_count = fields.Integer(required=True)
    win_rate = fields.Float(required=True, allow_none=True)
    total_pnl = fields.Float(required=True)
    profit_factor = fields.Float(required=True, allow_none=True)
    avg_trade_size = fields.Float(required=True, allow_none=True)
    avg_win = fields.Float(required=True, allow_none=True)
    avg_loss = fields.Float(required=True, allow_none=True)
    avg_hold_seconds = fields.Float(required=True, allow_none=True)


class Metrics(TripFigures):
    """Figures of a window; money in dollars, rates in percent."""

    sharpe_ratio = fields.Float(required=True, allow_none=True)
    sortino_ratio = fields.Float(required=True, allow_none=True)
    max_drawdown = fields.Float(required=True)
    best_trade_pnl = fields.Float(required=True, allow_none=True)
    worst_trade_pnl = fields.Float(required=True, allow_none=True)
    longest_win_streak = fields.Integer(required=True)
    longest_loss_streak = fields.Integer(required=True)
    total_return = fields.Float(required=True)
    total_return_pct = fields.Float(required=True, allow_none=True)


class Figures(Schema):
    """Figures and, for each that is null, why."""

    mode = fields.String(required=True)
    metrics = fields.Nested(Metrics, required=True)
    undefined = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class WindowAnswer(Figures):
    """Figures of a user, or of a robot's public record (user_id null), in one window."""

    user_id = fields.String(required=True, allow_none=True)
    plugin_id = fields.String(required=True, allow_none=True)
    period = fields.String(required=True)
    date = fields.Date(required=True)
    updated_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class Point(Schema):
    """A point of an equity curve; the amount as text."""

    at = fields.String(required=True)
    equity = fields.String(required=True)


class DrawdownPoint(Point):
    """A point with its distance from the running peak, in percent ≤ 0."""

    drawdown = fields.Float(required=True)


class Trip(Schema):
    """A round trip; amounts as text."""

    symbol = fields.String(required=True)
    side = fields.String(required=True)
    quantity = fields.String(required=True)
    entry_price = fields.String(required=True)
    exit_price = fields.String(required=True)
    entry_value = fields.String(required=True)
    fees = fields.String(required=True)
    pnl = fields.String(required=True)
    entered_at = fields.AwareDateTime(required=True)
    exited_at = fields.AwareDateTime(required=True)


class BotPeriodFigures(Figures):
    """Figures of a bot; `period` is "range" where days were asked for."""

    bot_id = fields.String(required=True)
    period = fields.String(required=True)
    start_date = fields.Date(required=True, allow_none=True)
    end_date = fields.Date(required=True)
    trades = fields.List(fields.Nested(Trip), required=True)
    equity_curve = fields.List(fields.Nested(DrawdownPoint), required=True)
    history = fields.Nested(HistoryView, required=True)
    updated_at = fields.AwareDateTime(required=True)

"""Shapes of round trips, equity, trade analysis and execution."""

from marshmallow import Schema, fields, validate

from ..plans.schemas import HistoryView
from ..web.schemas import Amount, Shape
from .round_trips import OUTCOMES, SORTS
from .schemas import TripFigures, one_mode

_length = validate.Length(1, 64)


class RangeQuery(Shape):
    """?start_date= and ?end_date=: trading days, both included (default: as far back as the plan
    shows, up to now). ?mode=."""

    start_date = fields.Date(load_default=None)
    end_date = fields.Date(load_default=None)
    mode = fields.String(load_default=None, validate=one_mode)


class _OfUser(Shape):
    """?plugin_id=: the bots of one robot only."""

    plugin_id = fields.String(load_default=None, validate=_length)


class UserRangeQuery(RangeQuery, _OfUser):
    """Days, and perhaps one robot."""


class RoundTripQuery(RangeQuery):
    """Filters; ?sort= latest, best or worst first; ?after= the `next` of the page before."""

    symbol = fields.String(load_default=None, validate=validate.Length(1, 32))
    side = fields.String(load_default=None, validate=validate.OneOf(("long", "short")))
    outcome = fields.String(load_default=None, validate=validate.OneOf(OUTCOMES))
    sort = fields.String(load_default="latest", validate=validate.OneOf(SORTS))
    after = fields.String(load_default=None, validate=_length)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class UserRoundTripQuery(RoundTripQuery, _OfUser):
    """Filters, and perhaps one robot."""


class EquityQuery(RangeQuery):
    """?kind= daily closes, or hourly samples of at most 92 days."""

    kind = fields.String(load_default="daily", validate=validate.OneOf(("daily", "hourly")))


class UserEquityQuery(EquityQuery, _OfUser):
    """Days, and perhaps one robot."""


class Answer(Schema):
    """Whose record, in which mode, over which days (`start_date` null: since the start)."""

    user_id = fields.String(required=True)
    bot_id = fields.String(required=True, allow_none=True)
    plugin_id = fields.String(required=True, allow_none=True)
    mode = fields.String(required=True)
    start_date = fields.Date(required=True, allow_none=True)
    end_date = fields.Date(required=True)
    history = fields.Nested(HistoryView, required=True)


class RoundTripView(Schema):
    """A round trip. `return_pct`: P&L in percent of the entry's value."""

    id = fields.Integer(required=True)
    bot_id = fields.String(required=True)
    plugin_id = fields.String(required=True, allow_none=True)
    mode = fields.String(required=True)
    symbol = fields.String(required=True)
    side = fields.String(required=True)
    outcome = fields.String(required=True)
    quantity = Amount(required=True)
    entry_price = Amount(required=True)
    exit_price = Amount(required=True)
    entry_value = Amount(required=True)
    fees = Amount(required=True)
    pnl = Amount(required=True)
    return_pct = fields.Float(required=True, allow_none=True)
    hold_seconds = fields.Float(required=True)
    entered_at = fields.AwareDateTime(required=True)
    exited_at = fields.AwareDateTime(required=True)


class RoundTripPage(Answer):
    """A page; `next` is the `after` of the next one, null at the end."""

    round_trips = fields.List(fields.Nested(RoundTripView), required=True)
    next = fields.String(required=True, allow_none=True)
    limit = fields.Integer(required=True)


class EquityPoint(Schema):
    """`return_pct`: growth since the point before; `drawdown`: percent below the peak."""

    at = fields.AwareDateTime(required=True)
    equity = Amount(required=True)
    return_pct = fields.Float(required=True)
    drawdown = fields.Float(required=True)


class Flow(Schema):
    """Capital that came in (> 0) or went out: no gain, no loss."""

    at = fields.AwareDateTime(required=True)
    amount = Amount(required=True)


class DrawdownView(Schema):
    """A fall from a peak; `recovered` null: not yet, `length_days` counts up to the last day."""

    start = fields.Date(required=True)
    bottom = fields.Date(required=True)
    recovered = fields.Date(required=True, allow_none=True)
    depth_pct = fields.Float(required=True)
    length_days = fields.Integer(required=True)


class EquityAnswer(Answer):
    """A curve of at most 500 points, its time-weighted return, flows and deepest drawdowns."""

    kind = fields.String(required=True)
    total_return_pct = fields.Float(required=True, allow_none=True)
    points = fields.List(fields.Nested(EquityPoint), required=True)
    flows = fields.List(fields.Nested(Flow), required=True)
    drawdowns = fields.List(fields.Nested(DrawdownView), required=True)


class TripGroup(TripFigures):
    """`key`: a symbol, a side, a weekday (0: Monday) or an hour of the exit."""

    key = fields.String(required=True)


class Bin(Schema):
    """[from, to): percent of the entry's value, or seconds; null: open."""

    from_ = fields.Float(required=True, allow_none=True, data_key="from", attribute="from")
    to = fields.Float(required=True, allow_none=True)
    count = fields.Integer(required=True)


class Streaks(Schema):
    """`current`: wins in a row so far (> 0) or losses (< 0)."""

    current = fields.Integer(required=True)
    longest_win = fields.Integer(required=True)
    longest_loss = fields.Integer(required=True)


class AnalysisAnswer(Answer):
    """Where a record comes from."""

    whole = fields.Nested(TripFigures, required=True)
    streaks = fields.Nested(Streaks, required=True)
    by_symbol = fields.List(fields.Nested(TripGroup), required=True)
    by_side = fields.List(fields.Nested(TripGroup), required=True)
    by_weekday = fields.List(fields.Nested(TripGroup), required=True)
    by_hour = fields.List(fields.Nested(TripGroup), required=True)
    returns = fields.List(fields.Nested(Bin), required=True)
    holds = fields.List(fields.Nested(Bin), required=True)
    best = fields.List(fields.Nested(RoundTripView), required=True)
    worst = fields.List(fields.Nested(RoundTripView), required=True)


class Slippage(Schema):
    """Above 0: worse than the signal's price. `mean_bps`: weighted by value; `cost`: dollars."""

    orders = fields.Integer(required=True)
    mean_bps = fields.Float(required=True, allow_none=True)
    median_bps = fields.Float(required=True, allow_none=True)
    worst_bps = fields.Float(required=True, allow_none=True)
    cost = Amount(required=True)


class SlippageGroup(Slippage):
    """Of one side or leg."""

    key = fields.String(required=True)


class SlippageAnswer(Answer):
    """Of the latest `most_orders` filled orders that knew a price."""

    most_orders = fields.Integer(required=True)
    whole = fields.Nested(Slippage, required=True)
    by_side = fields.List(fields.Nested(SlippageGroup), required=True)
    by_leg = fields.List(fields.Nested(SlippageGroup), required=True)


class Record(Schema):
    """All of a bot's record in one mode, or the difference of two; null where undefined."""

    trade_count = fields.Integer(required=True)
    win_rate = fields.Float(required=True, allow_none=True)
    profit_factor = fields.Float(required=True, allow_none=True)
    avg_hold_seconds = fields.Float(required=True, allow_none=True)
    sharpe_ratio = fields.Float(required=True, allow_none=True)
    max_drawdown = fields.Float(required=True)
    total_return_pct = fields.Float(required=True, allow_none=True)
    avg_trade_return_pct = fields.Float(required=True, allow_none=True)
    slippage_bps = fields.Float(required=True, allow_none=True)


class GapAnswer(Schema):
    """Live beside paper; `gap` is live − paper."""

    bot_id = fields.String(required=True)
    paper_bot_id = fields.String(required=True)
    live = fields.Nested(Record, required=True)
    paper = fields.Nested(Record, required=True)
    gap = fields.Nested(Record, required=True)

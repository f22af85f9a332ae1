"""Shapes of bots on the wire, with everything that makes a configuration valid."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from ..brokers import venues
from ..plans.schemas import HistoryView
from ..trading.halts import LEVELS
from ..web.schemas import Amount, Paging, Shape
from .settings import Execution, PositionSizing, RiskManagement, length, parameters, positive

STATUSES = ("running", "paused", "stopped")
MOST_CAPITAL = Decimal(10) ** 9
ASSET_TYPES = ("crypto", "stocks")
ORDER_STATES = (
    "held",
    "planned",
    "submitting",
    "accepted",
    "partially_filled",
    "filled",
    "cancelled",
    "rejected",
    "failed",
)


class BotFields(Shape):
    """What may be changed at any time."""

    name = fields.String(validate=length(1, 120))
    description = fields.String(validate=length(0, 2000))
    symbols = fields.List(fields.String(validate=length(1, 32)), validate=length(0, 50))
    position_sizing = fields.Nested(PositionSizing)
    risk_management = fields.Nested(RiskManagement)
    execution = fields.Nested(Execution)
    robot_parameters = parameters()


class NewBot(BotFields):
    """POST /api/bots."""

    name = fields.String(required=True, validate=length(1, 120))
    asset_type = fields.String(required=True, validate=validate.OneOf(ASSET_TYPES))
    exchange = fields.String(required=True, validate=validate.OneOf(tuple(venues.VENUES)))
    trading_mode = fields.String(load_default="paper", validate=validate.OneOf(("paper",)))
    signal_source = fields.String(
        load_default="webhook", validate=validate.OneOf(("webhook", "robot"))
    )
    plugin_id = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{2,63}\Z")
    )
    position_sizing = fields.Nested(PositionSizing, required=True)
    starting_cash = Amount(load_default=Decimal(100_000), validate=positive(MOST_CAPITAL))

    @validates_schema
    def _parts_fit_together(self, data: dict[str, Any], **_: Any) -> None:
        places = venues.trading(data["asset_type"])
        if data["exchange"] not in places:
            raise ValidationError(
                f"{data['asset_type']} is traded at {' or '.join(places)}.", "exchange"
            )
        if (data["signal_source"] == "robot") != (data["plugin_id"] is not None):
            raise ValidationError(
                "A robot's bot names its robot; a webhook's bot names none.", "plugin_id"
            )


class ChangedStatus(Shape):
    """POST …/status."""

    status = fields.String(required=True, validate=validate.OneOf(STATUSES))


class Copy(Shape):
    """POST …/clone; without a name the copy is called 'Copy of …'."""

    name = fields.String(load_default=None, allow_none=True, validate=length(1, 120))


class Rotation(Shape):
    """POST …/rotate-secret: for how long the old address still works."""

    overlap_seconds = fields.Integer(
        strict=True, load_default=0, validate=validate.Range(0, 86_400)
    )


class Dismissal(Shape):
    """POST …/warnings/dismiss: which warning the user has seen."""

    key = fields.String(required=True, validate=validate.OneOf(("lost_alert",)))


class Deletion(Shape):
    """DELETE: nothing to say but yes."""

    success = fields.Boolean(required=True)


class BotFigures(Shape):
    """A bot's all-time figures in short."""

    total_pnl = fields.Float(required=True)
    trade_count = fields.Integer(required=True)
    win_rate = fields.Float(required=True, allow_none=True)
    equity = fields.Float(required=True)


class HaltedView(Shape):
    """Who has stopped trading, so that the bot opens nothing."""

    scope = fields.String(required=True, validate=validate.OneOf(("user", "platform")))
    by = fields.String(required=True, validate=validate.OneOf(("you", "operator")))
    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    reason = fields.String(required=True, allow_none=True)
    ordered_at = fields.AwareDateTime(required=True)


class AccountInShort(Shape):
    """The account at a broker that a bot trades at."""

    id = fields.UUID(required=True)
    label = fields.String(required=True)
    broker = fields.String(required=True)
    environment = fields.String(required=True)


class BotView(Shape):
    """A bot as its owner sees it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    asset_type = fields.String(required=True)
    exchange = fields.String(required=True)
    trading_mode = fields.String(required=True)
    status = fields.String(required=True)
    signal_source = fields.String(required=True)
    plugin_id = fields.String(required=True, allow_none=True)
    symbols = fields.List(fields.String(), required=True)
    position_sizing = fields.Nested(PositionSizing, required=True)
    risk_management = fields.Nested(RiskManagement, required=True)
    execution = fields.Nested(Execution, required=True)
    robot_parameters = parameters(required=True)
    starting_cash = Amount(required=True)
    warnings = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(),
        required=True,
        metadata={"description": "What to look at, by its key: {at, detail, …}"},
    )
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    performance = fields.Nested(BotFigures, required=True)
    open_positions = fields.Integer(required=True)
    halted = fields.Nested(HaltedView, required=True, allow_none=True)
    trading_account = fields.Nested(
        AccountInShort,
        required=True,
        allow_none=True,
        metadata={"description": "Where its orders go; null: our paper broker."},
    )
    went_live_at = fields.AwareDateTime(required=True, allow_none=True)
    locked_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "The daily loss was reached: it opens nothing before."},
    )
    blocked = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Why entries would be refused now, beyond its own settings."},
    )
    held_by_plan = fields.Boolean(
        required=True,
        metadata={"description": "Paused because the plan has no place for it."},
    )
    drifts = fields.Integer(
        required=True,
        metadata={"description": "Open differences between our books and a broker's."},
    )


class SingleBot(Shape):
    """One bot."""

    bot = fields.Nested(BotView, required=True)


class BotWithAddress(SingleBot):
    """A new bot; the address holds the secret and is shown this once."""

    webhook_url = fields.String(required=True, allow_none=True)


class NewAddress(Shape):
    """The new address; the old one works until `previous_valid_until`."""

    webhook_url = fields.String(required=True)
    previous_valid_until = fields.AwareDateTime(required=True, allow_none=True)


class BotList(Shape):
    """A page of bots."""

    bots = fields.List(fields.Nested(BotView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class KeptBots(Shape):
    """PUT /subscription/bots: the bots that get the plan's places."""

    keep = fields.List(fields.UUID(), required=True, validate=length(0, 200))


class AllBots(Shape):
    """All of a user's bots."""

    bots = fields.List(fields.Nested(BotView), required=True)


class TradeFilter(Paging):
    """?status=filled&symbol=BTC-USD; `open`: whatever may still trade. ?start_date=, ?end_date=:
    UTC days on which it was made. ?after=: the `next` of the page before, in place of ?page=."""

    status = fields.String(validate=validate.OneOf((*ORDER_STATES, "open")))
    symbol = fields.String(validate=length(1, 32))
    side = fields.String(validate=validate.OneOf(("buy", "sell")))
    start_date = fields.Date()
    end_date = fields.Date()
    after = fields.UUID()


class TradeView(Shape):
    """An order. `pnl`: of the round trips it closed; `slippage_bps`: above 0 is worse than the
    reference price; `parent_id`: the entry that it guards. State `held`: the venue can't hold it,
    so it is watched here and sent when its price is reached."""

    id = fields.UUID(required=True)
    bot_id = fields.UUID(required=True)
    signal_id = fields.UUID(required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    leg = fields.String(required=True)
    venue = fields.String(required=True)
    symbol = fields.String(required=True)
    side = fields.String(required=True)
    type = fields.String(required=True)
    state = fields.String(required=True)
    mode = fields.String(required=True)
    quantity = Amount(required=True)
    limit_price = Amount(required=True, allow_none=True)
    stop_price = Amount(required=True, allow_none=True)
    stop_limit_price = Amount(required=True, allow_none=True)
    trail_percent = Amount(required=True, allow_none=True)
    trail_amount = Amount(required=True, allow_none=True)
    reference_price = Amount(required=True, allow_none=True)
    filled_quantity = Amount(required=True)
    average_price = Amount(required=True, allow_none=True)
    fees = Amount(required=True)
    pnl = Amount(required=True, allow_none=True)
    slippage_bps = fields.Float(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class TradeList(Shape):
    """A page of orders. `next`: the `after` of the page that follows, null where none does."""

    trades = fields.List(fields.Nested(TradeView), required=True)
    next = fields.UUID(required=True, allow_none=True)
    history = fields.Nested(HistoryView, required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class PositionView(Shape):
    """What is held of one symbol; below 0 is a short. No market price: both are null."""

    symbol = fields.String(required=True)
    quantity = Amount(required=True)
    average_price = Amount(required=True)
    market_price = Amount(required=True, allow_none=True)
    unrealised_pnl = Amount(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)


class PositionList(Shape):
    """Everything a bot holds."""

    positions = fields.List(fields.Nested(PositionView), required=True)

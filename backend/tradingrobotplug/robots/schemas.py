"""Shapes of the marketplace."""

from marshmallow import fields, validate

from ..web.schemas import Amount, Shape

SORTS = ("name", "total_return_pct", "win_rate", "profit_factor")


class RobotQuery(Shape):
    strategy_type = fields.String()
    asset_type = fields.String(validate=validate.OneOf(["stocks", "crypto"]))
    sort = fields.String(load_default="name", validate=validate.OneOf(SORTS))


class RobotParameter(Shape):
    name = fields.String()
    title = fields.String()
    level = fields.String(metadata={"enum": ["basic", "advanced"]})
    whole = fields.Boolean(metadata={"description": "It takes whole numbers only."})
    default = Amount()
    minimum = Amount()
    maximum = Amount()


class RobotRecord(Shape):
    """The public paper record of a robot; null figures are not defined yet."""

    mode = fields.String(metadata={"description": "paper"})
    trade_count = fields.Integer()
    win_rate = fields.Float(allow_none=True)
    profit_factor = fields.Float(allow_none=True)
    total_return_pct = fields.Float(allow_none=True)
    total_pnl = fields.Float()
    sharpe_ratio = fields.Float(allow_none=True)
    max_drawdown = fields.Float(allow_none=True)
    since = fields.AwareDateTime(format="iso")


class RobotAnswer(Shape):
    id = fields.String()
    name = fields.String()
    description = fields.String()
    strategy_type = fields.String()
    asset_type = fields.String()
    symbols = fields.List(fields.String())
    timeframe_minutes = fields.Integer()
    version = fields.String()
    author = fields.String()
    access = fields.String(
        metadata={
            "enum": ["everyone", "subscribers", "early"],
            "description": "On which plans it runs: all; those that give more than a demo; "
            "those with early access.",
        }
    )
    price_cents = fields.Integer(allow_none=True)
    parameters = fields.List(fields.Nested(RobotParameter))
    ordered = fields.List(
        fields.List(fields.String()),
        metadata={"description": "Pairs of parameters: the first must be below the second."},
    )
    performance = fields.Nested(RobotRecord, allow_none=True)


class Robots(Shape):
    robots = fields.List(fields.Nested(RobotAnswer))
    total = fields.Integer()


class OneRobot(Shape):
    robot = fields.Nested(RobotAnswer)


class Status(Shape):
    status = fields.String()
    market_data = fields.String(metadata={"description": "live | simulated"})
    version = fields.String()

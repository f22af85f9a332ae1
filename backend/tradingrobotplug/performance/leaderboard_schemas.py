"""Shapes of the leaderboard."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from ..models.leaderboard import SORTED_BY
from ..web.schemas import Paging, Shape
from .leaderboard import DEFAULT_SORT
from .periods import Period
from .schemas import PERIODS, Point

_FARTHEST = 20_000  # rows into an order that has no positions


class LeaderboardQuery(Paging):
    """?period=, ?mode=, ?kind=robot for robots alone, ?sort= with the best first."""

    period = fields.String(load_default=Period.ALL_TIME.value, validate=validate.OneOf(PERIODS))
    mode = fields.String(load_default="paper", validate=validate.OneOf(["paper", "live"]))
    kind = fields.String(load_default="all", validate=validate.OneOf(["all", "robot"]))
    sort = fields.String(load_default=DEFAULT_SORT, validate=validate.OneOf(SORTED_BY))

    @validates_schema
    def _refuse_far_pages(self, query: dict[str, object], **_: object) -> None:
        page, limit = query.get("page", 1), query.get("limit", 50)
        assert isinstance(page, int)
        assert isinstance(limit, int)
        if query.get("sort") != DEFAULT_SORT and page * limit > _FARTHEST:
            raise ValidationError("So far down only the default order is shown.", "page")


class LeaderboardEntry(Schema):
    """A robot's or a user's public record. Of users no dollars are shown: `total_pnl` is null,
    `holding` and `equity` are empty. `days`: of the record, from its first trade."""

    rank = fields.Integer(required=True, allow_none=True)
    ranked = fields.Boolean(required=True)
    delisted = fields.Boolean(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["robot", "user"]))
    plugin_id = fields.String(required=True, allow_none=True)
    mode = fields.String(required=True)
    days = fields.Integer(required=True)
    trade_count = fields.Integer(required=True)
    win_rate = fields.Float(required=True, allow_none=True)
    total_pnl = fields.Float(required=True, allow_none=True)
    total_return_pct = fields.Float(required=True, allow_none=True)
    profit_factor = fields.Float(required=True, allow_none=True)
    sharpe_ratio = fields.Float(required=True, allow_none=True)
    sortino_ratio = fields.Float(required=True, allow_none=True)
    max_drawdown = fields.Float(required=True)
    since = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    holding = fields.List(fields.String(), required=True)
    equity = fields.List(fields.Nested(Point), required=True)


class LeaderboardAnswer(Schema):
    """A page of a board, with the statement that its kind of results needs."""

    period = fields.String(required=True)
    mode = fields.String(required=True)
    kind = fields.String(required=True)
    sort = fields.String(required=True)
    entries = fields.List(fields.Nested(LeaderboardEntry), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    minimum_trades = fields.Integer(required=True)
    minimum_days = fields.Integer(required=True)
    as_of = fields.AwareDateTime(required=True)
    statement = fields.String(required=True)


class PublishedDay(Schema):
    """A published day. `hash` is the SHA-256 of `sealed`, which holds the hash of the day before
    and of each page's lines."""

    day = fields.Date(required=True)
    entries = fields.Integer(required=True)
    page_hashes = fields.List(fields.String(), required=True)
    previous_hash = fields.String(required=True)
    hash = fields.String(required=True)
    sealed = fields.String(required=True)
    published_at = fields.AwareDateTime(required=True)


class PublishedDays(Schema):
    """A page of published days, newest first."""

    days = fields.List(fields.Nested(PublishedDay), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class LinesQuery(Shape):
    """?day=2026-03-01&page=1"""

    day = fields.Date(required=True)
    page = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))


class PublishedLines(PublishedDay):
    """One page of a day's lines; `page_hashes[page - 1]` is the SHA-256 of `lines`."""

    page = fields.Integer(required=True)
    lines = fields.String(required=True)


class Place(Schema):
    """A place on one board; without a rank while the record is too short."""

    mode = fields.String(required=True)
    period = fields.String(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    trade_count = fields.Integer(required=True)
    days = fields.Integer(required=True)


class Membership(Schema):
    """Whether the caller takes part, and by which name."""

    listed = fields.Boolean(required=True)
    handle = fields.String(required=True, allow_none=True)
    joined_at = fields.AwareDateTime(required=True, allow_none=True)
    left_at = fields.AwareDateTime(required=True, allow_none=True)
    places = fields.List(fields.Nested(Place), required=True)
    minimum_trades = fields.Integer(required=True)
    minimum_days = fields.Integer(required=True)

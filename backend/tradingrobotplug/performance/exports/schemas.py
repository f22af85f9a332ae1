"""Shapes of exports."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from ...web.schemas import Shape
from .lots import Method
from .making import Kind

_mode = validate.OneOf(["paper", "live"])


class HistoryQuery(Shape):
    """?format=csv|json, of both modes unless ?mode= says which, of days in UTC."""

    format = fields.String(load_default="csv", validate=validate.OneOf(["csv", "json"]))
    mode = fields.String(load_default=None, validate=_mode)
    start_date = fields.Date(load_default=None)
    end_date = fields.Date(load_default=None)


class NewExport(Shape):
    """A file to make, of a bot or (no `bot_id`) of everything.

    Days are for trades and reports; `year` and `tax_method` for the tax report, which is of live
    trading unless `mode` says paper.
    """

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    bot_id = fields.UUID(load_default=None, allow_none=True)
    mode = fields.String(load_default=None, allow_none=True, validate=_mode)
    start_date = fields.Date(load_default=None, allow_none=True)
    end_date = fields.Date(load_default=None, allow_none=True)
    year = fields.Integer(load_default=None, allow_none=True, strict=True)
    tax_method = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf([m.value for m in Method])
    )

    @validates_schema
    def _refuse_what_does_not_belong(self, wish: dict[str, object], **_: object) -> None:
        is_tax = wish.get("kind") == Kind.TAX_CSV
        foreign = ("start_date", "end_date") if is_tax else ("year", "tax_method")
        for name in foreign:
            if wish.get(name) is not None:
                raise ValidationError("Not for this kind of file.", name)


class ExportView(Schema):
    """An export. `progress` in percent; `summary`: {"rows"} of trades, {"trade_count"} of a report,
    sums per term of a tax report; the file goes at `expires_at`."""

    id = fields.UUID(required=True)
    bot_id = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True)
    mode = fields.String(required=True, allow_none=True)
    parameters = fields.Dict(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["queued", "running", "done", "failed"])
    )
    progress = fields.Integer(required=True)
    size = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True)
    summary = fields.Dict(required=True)
    reason = fields.String(required=True, allow_none=True)
    file_name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)


class SingleExport(Schema):
    """One export."""

    export = fields.Nested(ExportView, required=True)


class ExportList(Schema):
    """A page of exports."""

    exports = fields.List(fields.Nested(ExportView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class ExportLink(Schema):
    """An address that is good for one download until `expires_at`, without signing in."""

    url = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class LinkTicket(Shape):
    """?ticket="""

    ticket = fields.String(required=True, validate=validate.Length(1, 200))


class TradeRow(Schema):
    """An order in a trade history; amounts as text, `pnl` of the round trips that it closed."""

    id = fields.UUID(required=True)
    bot_id = fields.UUID(required=True)
    bot_name = fields.String(required=True)
    mode = fields.String(required=True)
    symbol = fields.String(required=True)
    side = fields.String(required=True)
    state = fields.String(required=True)
    quantity = fields.String(required=True)
    pnl = fields.String(required=True, allow_none=True)


class TradeFile(Schema):
    """A trade history as JSON, oldest first."""

    mode = fields.String(required=True)
    trades = fields.List(fields.Nested(TradeRow), required=True)

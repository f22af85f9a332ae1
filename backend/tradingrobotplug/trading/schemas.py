"""Shapes of accounts' states and of drifts on the wire."""

from marshmallow import fields, validate

from ..web.schemas import Amount, Paging, Shape
from .reconciliation.comparison import MISSING_ORDER, POSITION, UNKNOWN_ORDER
from .reconciliation.repairs import REPAIRS


class AccountPosition(Shape):
    """Units of one symbol: at the broker, in the bots' books, and the user's own."""

    symbol = fields.String(required=True)
    quantity = Amount(required=True)
    bots = Amount(required=True)
    outside = Amount(required=True)


class AccountStateView(Shape):
    """An account as its broker last showed it; all null if it was never asked."""

    cash = Amount(required=True, allow_none=True)
    buying_power = Amount(required=True, allow_none=True)
    equity = Amount(required=True, allow_none=True)
    fee_rate = Amount(required=True, allow_none=True)
    positions = fields.List(fields.Nested(AccountPosition), required=True)
    unsupported = fields.List(fields.String(), required=True)
    asked_at = fields.AwareDateTime(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)


class SingleAccountState(Shape):
    """GET …/state and POST …/refresh."""

    state = fields.Nested(AccountStateView, required=True)


class DriftFilter(Paging):
    """?bot_id=…&account_id=…; without them all of the caller's."""

    bot_id = fields.UUID(load_default=None)
    account_id = fields.UUID(load_default=None)


class DriftAccount(Shape):
    """Where it is."""

    id = fields.UUID(required=True)
    label = fields.String(required=True)


class DriftView(Shape):
    """A difference between our books and a broker's, and the ways to repair it."""

    id = fields.UUID(required=True)
    account = fields.Nested(DriftAccount, required=True)
    bot_id = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True, metadata={"enum": [POSITION, UNKNOWN_ORDER, MISSING_ORDER]})
    symbol = fields.String(required=True)
    subject = fields.String(required=True)
    sentence = fields.String(required=True)
    ours = Amount(required=True)
    theirs = Amount(required=True)
    found_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)
    repairs = fields.List(fields.String(metadata={"enum": list(REPAIRS)}), required=True)


class DriftList(Shape):
    """A page of open drifts."""

    drifts = fields.List(fields.Nested(DriftView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class SingleDrift(Shape):
    """One drift."""

    drift = fields.Nested(DriftView, required=True)


class RepairChoice(Shape):
    """broker: our books follow the broker. ours: the broker is brought to our figure. outside: the
    difference is the user's own holding."""

    way = fields.String(data_key="with", required=True, validate=validate.OneOf(REPAIRS))

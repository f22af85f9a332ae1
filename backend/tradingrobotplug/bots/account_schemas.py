"""Shapes of where a bot trades, and of going live."""

from decimal import Decimal

from marshmallow import ValidationError, fields

from ..web.schemas import Amount, Shape
from .schemas import MOST_CAPITAL, AccountInShort
from .settings import length, positive


def _some(amount: Decimal) -> None:
    if not 0 < abs(amount) <= MOST_CAPITAL:
        raise ValidationError(f"Must not be 0, and at most {MOST_CAPITAL:f} either way.")


class NewPlace(Shape):
    """POST …/account; null: our paper broker."""

    trading_account_id = fields.UUID(required=True, allow_none=True)


class Offer(Shape):
    """POST …/live/terms. `capital`: what the bot may treat as its own starting capital."""

    trading_account_id = fields.UUID(required=True)
    capital = Amount(required=True, validate=positive(MOST_CAPITAL))


class CapitalChange(Shape):
    """POST …/capital. `amount`: dollars, above 0 to put in, below 0 to take out."""

    amount = Amount(required=True, validate=_some)


class Yes(Shape):
    """POST …/live: the value that came with the terms."""

    confirmation = fields.String(required=True, validate=length(1, 2000))


class AccountInTerms(AccountInShort):
    """The account, and by which key it is known."""

    key_ending = fields.String(required=True)


class Guards(Shape):
    """What guards each entry, in percent of its price; what is not asked for is left out."""

    stop_loss_percent = Amount()
    trailing_stop_percent = Amount()
    take_profit_percent = Amount()


class TermsView(Shape):
    """What the user agrees to; null: there is no such limit. Amounts are dollars."""

    account = fields.Nested(AccountInTerms, required=True)
    robot_or_webhook = fields.String(required=True)
    max_daily_loss = Amount(required=True, allow_none=True)
    max_first_order = Amount(required=True, allow_none=True)
    capital = Amount(required=True)
    protection = fields.Nested(Guards, required=True)
    sentences = fields.List(fields.String(), required=True)


class TermsToConfirm(Shape):
    """The terms, and what is sent back within five minutes to agree to them."""

    terms = fields.Nested(TermsView, required=True)
    confirmation = fields.String(required=True)

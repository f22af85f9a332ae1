"""The account at which an order trades, and the order as its venue finds it."""

from ..brokers import venues
from ..brokers.broker import Broker, NotReached, Reference
from ..models import Bot, Order
from ..trading_accounts import access

PAPER = "paper"


def venue_of(bot: Bot) -> str:
    """Where the bot's next order goes: paper, or the exchange at which its account is."""
    return PAPER if trades_on_paper(bot) else bot.exchange


def trades_on_paper(bot: Bot) -> bool:
    """Whether its orders go to our paper broker. A live bot's never do, with an account or not."""
    return bot.trading_account_id is None and bot.trading_mode == "paper"


def broker_for(order: Order) -> Broker:
    """The account that has, or is to get, this order; call it with no transaction open.
    NotReached if the account can't be opened, or is not one of the order's mode (paper, live)."""
    if order.venue == PAPER:
        return venues.paper(order.bot_id)
    if order.account_id is None:
        raise NotReached("The order's trading account was removed.")
    return access.broker_of(order.account_id, order.mode)


def reference(order: Order, *, has_traded: bool = False) -> Reference:
    """How the order's venue finds it again. `has_traded`: its stream says so."""
    return Reference(
        client_order_id=order.client_order_id,
        broker_order_id=order.broker_order_id,
        symbol=order.symbol,
        placed_at=order.submitted_at or order.created_at,
        attached_to=order.attached_to,
        is_exit=is_exit(order),
        quantity=order.quantity,
        has_traded=has_traded,
    )


def is_exit(order: Order) -> bool:
    """Whether the order makes a position smaller: an exit, or what guards an entry."""
    return order.parent_id is not None or order.leg.startswith("exit")

"""The rules an order passes before it is stored: each returns whether it passes, and its sentence.

An exit makes a position smaller, so the rules that limit what may be opened let it through.
"""

from decimal import Decimal

from ..brokers.venues import capabilities_of
from ..money import ZERO, as_text
from . import windows
from .proposal import Proposal

Finding = tuple[bool, str]
_HUNDRED = Decimal(100)


def bot_takes_orders(proposal: Proposal) -> Finding:
    """Running: all. Paused: exits only. Stopped: none."""
    if proposal.bot_status == "running":
        return True, "The bot is running."
    if proposal.bot_status == "paused" and proposal.is_exit:
        return True, "The bot is paused; exits still pass."
    return False, f"The bot is {proposal.bot_status}."


def nobody_has_stopped_trading(proposal: Proposal) -> Finding:
    """While its user or the operator has stopped trading, a bot opens nothing."""
    if proposal.halted is None:
        return True, "Nobody has stopped trading."
    if proposal.is_exit:
        return True, "Trading is stopped; exits still pass."
    return False, proposal.halted


def symbol_is_allowed(proposal: Proposal) -> Finding:
    """Only the bot's symbols are entered; a position may always be left."""
    if proposal.is_exit or not proposal.symbols or proposal.symbol in proposal.symbols:
        return True, f"{proposal.symbol} may be traded."
    return False, f"{proposal.symbol} is not among this bot's symbols."


def signal_is_fresh(proposal: Proposal) -> Finding:
    """An entry on an old signal buys at a price that the strategy never saw."""
    if proposal.is_exit or proposal.sent_at is None:
        return True, "No age limit applies."
    age = int((proposal.now - proposal.sent_at).total_seconds())
    limit = proposal.max_signal_age_seconds
    if age <= limit:
        return True, f"The alert is {age} s old; the limit is {limit} s."
    return False, f"The alert is {age} s old; this bot's limit is {limit} s."


def short_is_allowed(proposal: Proposal) -> Finding:
    """A sell without a position is a short sale."""
    if proposal.is_exit or proposal.side == "buy" or proposal.allow_short:
        return True, "No short sale, or short sales are allowed."
    return False, f"There is no position in {proposal.symbol} to sell, and this bot does not short."


def protection_is_on_its_side(proposal: Proposal) -> Finding:
    """A stop above a long's price (or a target below it) would end the trade at once."""
    if proposal.is_exit:
        return True, "An exit needs no protection."
    sign = 1 if proposal.side == "buy" else -1
    guards = [("stop loss", proposal.stop_loss, sign)]
    guards += [("take profit", level, -sign) for level in proposal.take_profits]
    for name, level, direction in guards:
        if level is not None and (proposal.price - level) * direction <= 0:
            return False, (
                f"The {name} of {as_text(level)} is on the wrong side of the price "
                f"{as_text(proposal.price)}."
            )
    return True, "Stop loss and take profit are on their sides of the price, or not set."


def position_stays_within_limit(proposal: Proposal) -> Finding:
    """max_position_size: the value in dollars of what is held after the order."""
    limit = _amount(proposal, "max_position_size")
    if limit is None or proposal.is_exit:
        return True, "No limit applies."
    value = (abs(proposal.held) + proposal.quantity) * proposal.price
    if value <= limit:
        return True, f"The position would be ${as_text(value)} of at most ${as_text(limit)}."
    return False, (
        f"The position would be worth ${as_text(value)}; this bot's limit is ${as_text(limit)}."
    )


def daily_loss_is_within_limit(proposal: Proposal) -> Finding:
    """max_daily_loss: realised today plus unrealised; once reached, only exits pass."""
    limit = _amount(proposal, "max_daily_loss")
    if limit is None or proposal.is_exit:
        return True, "No limit applies."
    if proposal.locked_until is not None and proposal.now < proposal.locked_until:
        return False, (
            f"This bot reached its daily loss limit of ${as_text(limit)} and opens nothing before "
            f"{proposal.locked_until:%Y-%m-%d %H:%M} UTC."
        )
    result = proposal.day_result or ZERO
    if result > -limit:
        return True, f"Today's result is ${as_text(result)}; the limit is −${as_text(limit)}."
    return False, (
        f"Today's result of ${as_text(result)} has reached this bot's daily loss limit of "
        f"${as_text(limit)}: no new entries today."
    )


def positions_stay_within_count(proposal: Proposal) -> Finding:
    """max_open_positions: adding to a position opens no new one."""
    limit = proposal.limits.get("max_open_positions")
    if limit is None or proposal.is_exit or proposal.held != 0:
        return True, "No limit applies."
    if proposal.open_positions < int(limit):
        return True, f"{proposal.open_positions} of at most {limit} positions are open."
    return False, f"{proposal.open_positions} positions are open; this bot's limit is {limit}."


def entries_stay_within_count(proposal: Proposal) -> Finding:
    """max_orders_per_day: entries of the trading day, filled or not."""
    limit = proposal.limits.get("max_orders_per_day")
    if limit is None or proposal.is_exit:
        return True, "No limit applies."
    if proposal.entries_today < int(limit):
        return True, f"{proposal.entries_today} of at most {limit} entries were placed today."
    return (
        False,
        f"{proposal.entries_today} entries were placed today; the limit is {limit}.",
    )


def cool_down_is_over(proposal: Proposal) -> Finding:
    """cool_down_seconds: the least time between two entries."""
    wait = proposal.limits.get("cool_down_seconds")
    if wait is None or proposal.is_exit or proposal.last_entry_at is None:
        return True, "No cool-down applies."
    passed = int((proposal.now - proposal.last_entry_at).total_seconds())
    if passed >= int(wait):
        return True, f"The last entry was {passed} s ago; the cool-down is {wait} s."
    return False, f"The last entry was {passed} s ago; this bot waits {wait} s between entries."


def within_trading_windows(proposal: Proposal) -> Finding:
    """trading_windows: entries only then; an exit always passes."""
    given = proposal.execution.get("trading_windows")
    if not given or proposal.is_exit:
        return True, "No trading windows apply."
    zone = str(proposal.execution.get("time_zone", windows.NEW_YORK))
    local = windows.local(proposal.now, zone)
    if any(windows.holds(window, local) for window in given):
        return True, f"{local:%a %H:%M} ({zone}) lies within the bot's trading windows."
    return False, f"{local:%a %H:%M} ({zone}) lies outside of this bot's trading windows."


def market_is_open(proposal: Proposal) -> Finding:
    """when_closed: `queue` leaves the order to the venue until the open, `refuse` does not."""
    if proposal.is_exit or proposal.is_open or proposal.extended_hours:
        return True, "The market is open, or the order may be placed outside of its hours."
    if proposal.execution.get("when_closed", "queue") == "queue":
        return True, "The market is closed: the order waits for the open."
    return False, "The market is closed, and this bot does not queue orders."


def price_is_near_the_market(proposal: Proposal) -> Finding:
    """max_price_deviation_percent: how far an order's own price may be from the last quote."""
    limit = _amount(proposal, "max_price_deviation_percent")
    if limit is None or proposal.is_exit or not proposal.market_price:
        return True, "No limit applies."
    away = abs(proposal.price - proposal.market_price) / proposal.market_price * _HUNDRED
    if away <= limit:
        return True, f"The price is {away:.2f} % from the market; the limit is {as_text(limit)} %."
    return False, (
        f"The price {as_text(proposal.price)} is {away:.2f} % from the market's "
        f"{as_text(proposal.market_price)}; this bot's limit is {as_text(limit)} %."
    )


def adds_to_a_position(proposal: Proposal) -> Finding:
    """An `add` is for a position that is there."""
    if not proposal.adds or proposal.is_exit or proposal.held != 0:
        return True, "Nothing is to be added, or there is a position to add to."
    return False, f"There is no position in {proposal.symbol} to add to."


def venue_takes_the_order(proposal: Proposal) -> Finding:
    """Order type, time in force and hours that the venue knows."""
    takes = capabilities_of(proposal.venue)
    if proposal.order_type not in takes.types:
        return False, f"{_named(proposal.order_type)} orders are not available here."
    if proposal.time_in_force not in takes.times:
        allowed = ", ".join(sorted(takes.times))
        return False, f"{proposal.time_in_force} is not available here: {allowed} are."
    if proposal.extended_hours and not takes.extended_hours:
        return True, "This venue trades at all hours."
    return True, "The venue takes this kind of order."


def _named(order_type: str) -> str:
    return order_type.replace("_", " ").capitalize()


def _amount(proposal: Proposal, name: str) -> Decimal | None:
    value = proposal.limits.get(name)
    return None if value is None else Decimal(str(value))

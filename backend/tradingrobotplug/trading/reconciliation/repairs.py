"""Which way a drift can be repaired, and what each bot's book has to do with it. Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ...money import ZERO
from .comparison import DUST, POSITION

# broker: our books take over the broker's figure (an unknown order is cancelled there).
# ours: the broker is brought to our figure. outside: the difference is the user's own.
Repair = Literal["broker", "ours", "outside"]
REPAIRS: tuple[Repair, ...] = ("broker", "ours", "outside")


@dataclass(frozen=True, slots=True)
class Stand:
    """A drift as it stands now. `holdings`: of its symbol by bot, signed; `bot_id`: the bot that
    takes what no bot can be made to give; `can_trade`: whether orders may be sent for it."""

    kind: str
    bot_id: uuid.UUID | None
    holdings: Mapping[uuid.UUID, Decimal]
    outside: Decimal
    theirs: Decimal
    can_trade: bool

    @property
    def held(self) -> Decimal:
        """What all bots hold."""
        return sum(self.holdings.values(), ZERO)

    @property
    def gap(self) -> Decimal:
        """What the broker has beyond our books."""
        return self.theirs - self.held - self.outside


@dataclass(frozen=True, slots=True)
class Shares:
    """How a gap falls on the bots (signed units each), and what is left for `outside`."""

    of_bots: Mapping[uuid.UUID, Decimal]
    rest: Decimal


def offered(stand: Stand) -> list[Repair]:
    """The repairs that lead to books which fit.

    An unknown or missing order has one: nothing stands behind the first, and the name of the
    second can't be used again.
    """
    if stand.kind != POSITION:
        return ["broker"]
    shares = share_out(stand)
    ways: list[Repair] = []
    if shares.of_bots:
        ways.append("broker")
    if shares.of_bots and not shares.rest and stand.held and stand.can_trade:
        ways.append("ours")
    if (stand.theirs - stand.held) * stand.held >= 0:
        # Otherwise the user would own less than nothing of what his bots believe to have.
        ways.append("outside")
    return ways


def share_out(stand: Stand) -> Shares:
    """What is missing is taken from those who hold it, the largest first, and never more than
    they hold: no repair turns a bot round. What is over goes to the drift's bot."""
    gap = stand.gap
    if abs(gap) < DUST:
        return Shares({}, gap)
    givers = [one for one, units in stand.holdings.items() if units * gap < 0]
    if gap * stand.held > 0 or not givers:
        taker = _taker(stand)
        return Shares({taker: gap}, ZERO) if taker else Shares({}, gap)
    left, taken = gap, {}
    for bot_id in sorted(givers, key=lambda one: -abs(stand.holdings[one])):
        part = min(left, -stand.holdings[bot_id], key=abs)
        left -= part
        if part:
            taken[bot_id] = part
    return Shares(taken, left)


def _taker(stand: Stand) -> uuid.UUID | None:
    """Who takes what is over: the drift's bot, unless that would take from what it holds."""
    same_side = {one: units for one, units in stand.holdings.items() if units * stand.gap > 0}
    if stand.bot_id in same_side or not same_side:
        return stand.bot_id
    return max(same_side, key=lambda one: abs(same_side[one]))

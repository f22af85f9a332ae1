"""What each venue takes, known without asking it."""

from dataclasses import dataclass
from decimal import Decimal

_ALWAYS = frozenset({"market", "limit"})


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Of a venue. `types` and `times` are our words for order types and times in force.

    `pairs`: how a target and a stop guard the same units: as one `bracket` order, as two orders of
    an oco_group. `pair_stops`: kinds of stop that such a pair may have. `fractions_rest`: whether a
    part of a unit may be guarded by an order that rests for more than a day. `attaches`: entries of
    these types and times in force may bring their bracket along. `minds_opposites`: a buy is
    refused while a sale of the same symbol rests, and the other way round (wash trades).
    """

    types: frozenset[str]
    times: frozenset[str]
    pairs: str  # bracket | group
    fractions_rest: bool
    pair_stops: frozenset[str]
    attaches: bool
    attaching_types: frozenset[str]
    attaching_times: frozenset[str]
    minds_opposites: bool
    shorts: bool
    extended_hours: bool


PAPER = Capabilities(
    types=_ALWAYS | {"stop", "stop_limit", "trailing_stop"},
    times=frozenset({"day", "gtc", "ioc"}),
    pairs="group",
    fractions_rest=True,
    pair_stops=frozenset({"stop", "stop_limit", "trailing_stop"}),
    attaches=False,
    attaching_types=frozenset(),
    attaching_times=frozenset(),
    minds_opposites=False,
    shorts=True,
    extended_hours=True,
)
ALPACA = Capabilities(
    types=_ALWAYS | {"stop", "stop_limit", "trailing_stop", "bracket"},
    times=frozenset({"day", "gtc", "ioc", "fok", "opg", "cls"}),
    pairs="bracket",
    fractions_rest=False,
    pair_stops=frozenset({"stop", "stop_limit"}),
    attaches=True,
    attaching_types=_ALWAYS | {"stop", "stop_limit"},
    attaching_times=frozenset({"day", "gtc"}),
    minds_opposites=True,
    shorts=True,
    extended_hours=True,
)
# A stop becomes a stop-limit whose limit lies 5 % beyond, as that of Coinbase's own brackets does.
COINBASE = Capabilities(
    types=_ALWAYS | {"stop", "stop_limit", "bracket"},
    times=frozenset({"gtc", "ioc", "fok"}),
    pairs="bracket",
    fractions_rest=True,
    pair_stops=frozenset({"stop"}),
    attaches=True,
    attaching_types=_ALWAYS,
    attaching_times=frozenset({"gtc", "ioc"}),
    minds_opposites=False,
    shorts=False,
    extended_hours=False,
)
STOP_ROOM = Decimal("0.05")  # from a Coinbase stop to the limit of the order that it sends

"""Possible wash sales: a loss on a stock that was bought again within 30 days. Pure.

US Internal Revenue Code §1091(a): 30 days before the sale to 30 days after it; (e): the same for
shorts. A lot does not replace itself (Revenue Ruling 56-602), nor does one that was itself gone by
the end of the day of the loss. The days are named and nothing is adjusted: what was bought
elsewhere is not known here.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from .lots import Disposal, Execution, OpenLot

AROUND = timedelta(days=30)


@dataclass(slots=True)
class Replacements:
    """Lots of stocks opened between two days, by symbol, side and day."""

    first: date
    last: date
    _days: defaultdict[tuple[str, str, date], list[OpenLot]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _kept: dict[tuple[str, str, date], "_Day"] = field(default_factory=dict)

    def note(self, fill: Execution, lot: OpenLot) -> None:
        """A lot was opened."""
        if fill.asset_type == "stocks" and self.first <= lot.opened <= self.last:
            self._days[fill.symbol, lot.side, lot.opened].append(lot)

    def days(self, disposal: Disposal) -> list[date]:
        """On which days a loss was replaced; none for a gain. To be asked when all is taken in."""
        if disposal.asset_type != "stocks" or disposal.gain >= 0:
            return []
        return [day for day in _around(disposal.sold) if self._replaces(disposal, day)]

    def _replaces(self, disposal: Disposal, day: date) -> bool:
        key = disposal.symbol, disposal.side, day
        if key not in self._days:
            return False
        if key not in self._kept:
            self._kept[key] = _Day.of(self._days[key])
        opened = self._kept[key]
        if opened.last.number > disposal.number:  # opened after the loss
            return True
        return any(
            lot is not disposal.lot and _closed(lot) > disposal.sold for lot in opened.longest
        )


@dataclass(frozen=True, slots=True)
class _Day:
    """Of a day's lots: the last that was opened, and the two that stayed open longest."""

    last: OpenLot
    longest: tuple[OpenLot, ...]

    @classmethod
    def of(cls, lots: list[OpenLot]) -> "_Day":
        return cls(lots[-1], tuple(sorted(lots, key=_closed, reverse=True)[:2]))


def _closed(lot: OpenLot) -> date:
    return lot.closed or date.max


def _around(day: date) -> Iterator[date]:
    return (day + timedelta(days=n) for n in range(-AROUND.days, AROUND.days + 1))

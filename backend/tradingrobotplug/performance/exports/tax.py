"""A year's disposals in the column order of US Form 8949. Information, not advice, and it says so.

Amounts are rounded to cents per line, and a line's gain is the difference of what stands in it, so
that lines and totals add up on the form (instructions for Form 8949, "Rounding").
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ...marketdata.calendar import NEW_YORK
from ...models import Bot, Fill, Order, TaxMethod
from ...money import CENT, ZERO, as_text
from .formats import csv_lines
from .lots import Disposal, Execution, Ledger, Method
from .wash_sales import AROUND, Replacements

COLUMNS = (
    "Description of property (a)", "Date acquired (b)", "Date sold or disposed of (c)",
    "Proceeds (d)", "Cost or other basis (e)", "Code(s) (f)", "Amount of adjustment (g)",
    "Gain or (loss) (h)", "Part", "Symbol", "Quantity", "Fees (included)", "Position",
    "Lot method", "Possible wash sale: bought again on", "Bot", "Mode",
)  # fmt: skip
PARTS = {False: "I (short-term)", True: "II (long-term)"}
NOTES = (
    "This is information and not tax advice. Have it checked by somebody qualified.",
    "Dates are of New York. Proceeds are after selling fees, cost is with buying fees. Lots are "
    "matched within each trading account.",
    "Only what was traded through this service is known here: what was bought or sold elsewhere, "
    "splits, dividends, interest and transfers are not. Your broker's Form 1099-B or 1099-DA "
    "prevails.",
    "Possible wash sales (stocks, 30 days before and after a loss) are named and not adjusted: "
    "columns (f) and (g) are yours to fill in.",
)
PAPER_NOTE = "PAPER TRADING: nothing was bought or sold. Not for a tax return."


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose year in which mode; with a bot, only its disposals are listed."""

    user_id: uuid.UUID
    bot_id: uuid.UUID | None
    mode: str
    year: int


@dataclass(frozen=True, slots=True)
class Line:
    """A disposal as it stands in the file, amounts in whole cents."""

    disposal: Disposal
    proceeds: Decimal
    cost: Decimal
    replaced_on: tuple[date, ...]

    @property
    def gain(self) -> Decimal:
        return self.proceeds - self.cost


def methods_of(session: Session, user_id: uuid.UUID) -> dict[int, Method]:
    """What the user chose, year by year."""
    rows = session.scalars(select(TaxMethod).where(TaxMethod.user_id == user_id))
    return {row.year: Method(row.method) for row in rows}


def executions(session: Session, scope: Scope) -> Iterator[Execution]:
    """All fills of the user in this mode until 30 days after the year, oldest first, read as they
    are asked for.

    A live bot's lots are those of its trading account, whichever bot bought them; on paper each
    bot has an account of its own.
    """
    own_bots = select(Bot.id).where(Bot.user_id == scope.user_id)
    query = (
        select(*_COLUMNS)
        .join(Order, Order.id == Fill.trade_id)
        .join(Bot, Bot.id == Fill.bot_id)
        .where(Fill.bot_id.in_(own_bots), Fill.mode == scope.mode)
        .where(Fill.filled_at < _midnight(date(scope.year + 1, 1, 1) + AROUND + timedelta(days=1)))
        .order_by(Fill.filled_at, Fill.seq)
    )
    for row in session.execute(query, execution_options={"yield_per": 1_000}):
        yield _execution(row)


def lines(
    fills: Iterator[Execution],
    year: int,
    method_of: Callable[[int], Method],
    is_wanted: Callable[[Disposal], bool],
) -> Iterator[list[Line]]:
    """The year's lines, short-term ones first, each part in the order of sales.

    Yields empty lists while it works, so that its caller can show that it is alive.
    """
    replacements = Replacements(date(year, 1, 1) - AROUND, date(year, 12, 31) + AROUND)
    ledger = Ledger(method_of, replacements.note)
    found: list[Disposal] = []
    for number, fill in enumerate(fills):
        found += (d for d in ledger.take(fill) if d.sold.year == year and is_wanted(d))
        if number % 10_000 == 0:
            yield []
    found.sort(key=lambda disposal: (disposal.is_long_term, disposal.number))
    for start in range(0, len(found), 1_000):
        yield [_line(d, replacements) for d in found[start : start + 1_000]]


def cells(line: Line, method: Method, mode: str) -> Sequence[object]:
    """A line of the CSV file, in the order of COLUMNS."""
    disposal = line.disposal
    return (
        _description(disposal), _day(disposal.acquired), _day(disposal.sold), line.proceeds,
        line.cost, "", "", line.gain, PARTS[disposal.is_long_term], disposal.symbol,
        disposal.quantity, _cents(disposal.fees), disposal.side, method.value,
        " ".join(_day(day) for day in line.replaced_on), disposal.bot[1], label(mode),
    )  # fmt: skip


def label(mode: str) -> str:
    """Live or Paper, unmistakably."""
    return "Live" if mode == "live" else "PAPER, NOT FOR TAX"


@dataclass(slots=True)
class Sum:
    """Of the lines of one part."""

    disposals: int = 0
    proceeds: Decimal = ZERO
    cost: Decimal = ZERO


class Totals:
    """Sums per part, as lines go by."""

    def __init__(self) -> None:
        self._sums = {is_long: Sum() for is_long in PARTS}

    def add(self, line: Line) -> None:
        """Count a line in."""
        part = self._sums[line.disposal.is_long_term]
        part.disposals += 1
        part.proceeds += line.proceeds
        part.cost += line.cost

    def rows(self) -> bytes:
        """The closing lines of the two parts."""
        return csv_lines(
            (
                f"TOTAL {_term(is_long)}", "", "", part.proceeds, part.cost, "", "",
                part.proceeds - part.cost, PARTS[is_long],
            )
            for is_long, part in self._sums.items()
        )  # fmt: skip

    def summary(self) -> dict[str, dict[str, Any]]:
        """{"short_term": {"disposals", "proceeds", "cost_basis", "gain"}, "long_term": …}."""
        return {
            _term(is_long).replace("-", "_"): {
                "disposals": part.disposals,
                "proceeds": as_text(part.proceeds),
                "cost_basis": as_text(part.cost),
                "gain": as_text(part.proceeds - part.cost),
            }
            for is_long, part in self._sums.items()
        }


def notes(mode: str) -> bytes:
    """The closing lines, one cell each."""
    return csv_lines([(note,) for note in ((PAPER_NOTE,) if mode == "paper" else ()) + NOTES])


_COLUMNS: tuple[Any, ...] = (
    Fill.bot_id, Fill.symbol, Fill.side, Fill.quantity, Fill.price, Fill.fee, Fill.filled_at,
    Order.account_id, Bot.name, Bot.asset_type,
)  # fmt: skip


def _execution(row: Row[Any]) -> Execution:
    pool = str(row.account_id or row.bot_id)
    return Execution(
        pool, row.asset_type, row.symbol, row.side, row.quantity, row.price, row.fee,
        row.filled_at, (str(row.bot_id), row.name),
    )  # fmt: skip


def _line(disposal: Disposal, replacements: Replacements) -> Line:
    proceeds, cost = _cents(disposal.proceeds), _cents(disposal.cost_basis)
    return Line(disposal, proceeds, cost, tuple(replacements.days(disposal)))


def _description(disposal: Disposal) -> str:
    quantity = as_text(disposal.quantity)
    if disposal.asset_type == "stocks":
        return f"{quantity} sh. {disposal.symbol}"
    return f"{quantity} {disposal.symbol.partition('-')[0]}"


def _term(is_long: bool) -> str:
    return "long-term" if is_long else "short-term"


def _day(day: date) -> str:
    return day.strftime("%m/%d/%Y")


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), NEW_YORK).astimezone(UTC)

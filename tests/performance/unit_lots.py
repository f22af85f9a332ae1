"""Lots derived again, the plain way: every fill is a heap of single units, every choice looks at
all of them, and amounts are fractions."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from tradingrobotplug.performance.exports.lots import Disposal, Execution, Ledger, Method
from tradingrobotplug.performance.exports.wash_sales import Replacements

NEW_YORK = ZoneInfo("America/New_York")
EVER = (date(1990, 1, 1), date(2090, 1, 1))
START = datetime(2023, 1, 1, 15, tzinfo=UTC)


@dataclass(eq=False)
class Unit:
    """One share of a lot, numbered by its fill, signed by its side."""

    number: int
    key: tuple[str, str]
    sign: int
    price: Fraction
    fee: Fraction
    day: date
    gone: date | None = None


# (fill, lot) → quantity, acquired, sold, proceeds, basis, long term, replaced on
Derived = dict[tuple[int, int], tuple[int, date, date, Fraction, Fraction, bool, frozenset[date]]]


def history(seed: int, length: int = 24) -> list[Execution]:
    """Fills of one to nine units in two pools and two symbols, days or moments apart."""
    random_ = random.Random(seed)
    at, fills = START, []
    for _ in range(random_.randint(1, length)):
        at += random_.choice([timedelta(), timedelta(hours=3), timedelta(days=9), timedelta(170)])
        fills.append(
            Execution(
                pool=random_.choice("AB"),
                asset_type="stocks",
                symbol=random_.choice(["TSLA", "AAPL"]),
                side=random_.choice(["buy", "buy", "sell"]),
                quantity=Decimal(random_.randint(1, 9)),
                price=Decimal(random_.randint(5_000, 15_000)) / 100,
                fee=Decimal(random_.randint(0, 300)) / 100,
                at=at,
            )
        )
    return fills


def matched(fills: list[Execution], methods: dict[int, Method]) -> Derived:
    """What the product makes of it."""
    replacements = Replacements(*EVER)
    ledger = Ledger(lambda year: methods.get(year, Method.FIFO), replacements.note)
    found = [disposal for fill in fills for disposal in ledger.take(fill)]
    return {(d.number, d.lot.number): _as_derived(d, replacements) for d in found}


def derived(fills: list[Execution], methods: dict[int, Method]) -> Derived:
    """The same, unit by unit."""
    units: list[Unit] = []
    sales: list[tuple[int, Unit, Unit]] = []
    for number, fill in enumerate(fills, start=1):
        for unit in _units(number, fill):
            there = [u for u in units if u.key == unit.key and u.gone is None]
            against = [u for u in there if u.sign != unit.sign]
            if not against:
                units.append(unit)
                continue
            chosen = min(against, key=_choice(methods.get(unit.day.year, Method.FIFO)))
            chosen.gone = unit.day
            sales.append((number, chosen, unit))
    return _grouped(sales, units)


def _units(number: int, fill: Execution) -> list[Unit]:
    sign, count = (1 if fill.side == "buy" else -1), int(fill.quantity)
    day = fill.at.astimezone(NEW_YORK).date()
    fee = Fraction(fill.fee) / count
    key = (fill.pool, fill.symbol)
    return [Unit(number, key, sign, Fraction(fill.price), fee, day) for _ in range(count)]


def _choice(method: Method):  # type: ignore[no-untyped-def]
    if method is Method.FIFO:
        return lambda unit: unit.number
    if method is Method.LIFO:
        return lambda unit: -unit.number
    return lambda unit: (-unit.sign * (unit.price + unit.sign * unit.fee), unit.number)


def _grouped(sales: list[tuple[int, Unit, Unit]], units: list[Unit]) -> Derived:
    pairs: dict[tuple[int, int], list[tuple[Unit, Unit]]] = {}
    for number, lot, closing in sales:
        pairs.setdefault((number, lot.number), []).append((lot, closing))
    return {key: _sum(key, both, units) for key, both in pairs.items()}


def _sum(key: tuple[int, int], both: list[tuple[Unit, Unit]], units: list[Unit]):  # type: ignore[no-untyped-def]
    lot, closing = both[0]
    bought, sold = (lot, closing) if lot.sign > 0 else (closing, lot)
    count = len(both)
    proceeds, basis = (sold.price - sold.fee) * count, (bought.price + bought.fee) * count
    begins = bought.day + timedelta(days=1)
    ended = closing.day
    is_long = (ended.year, ended.month, ended.day) >= (begins.year + 1, begins.month, begins.day)
    replaced = frozenset(
        unit.day
        for unit in units
        if proceeds < basis
        and unit.key[1] == lot.key[1]
        and unit.sign == lot.sign
        and unit.number != lot.number
        and abs((unit.day - ended).days) <= 30
        and (unit.number > key[0] or (unit.gone or date.max) > ended)
    )
    return count, bought.day, ended, proceeds, basis, is_long, replaced


def _as_derived(d: Disposal, replacements: Replacements):  # type: ignore[no-untyped-def]
    money = (Fraction(d.proceeds), Fraction(d.cost_basis))
    days = frozenset(replacements.days(d))
    return int(d.quantity), d.acquired, d.sold, *money, d.is_long_term, days

"""The report's charts: drawings made of lines and rectangles, with axes of round numbers."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, log10

import numpy as np
from reportlab.graphics.shapes import Drawing, Group, Line, Polygon, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

INK, MUTED, GRID = HexColor("#1b2733"), HexColor("#66737f"), HexColor("#e3e8ec")
ACCENT, GAIN, LOSS = HexColor("#14507a"), HexColor("#1d7f5b"), HexColor("#b3392f")
SOFT_ACCENT, SOFT_LOSS = HexColor("#dbe8f1"), HexColor("#f3dcd9")

_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 6, 8, 20
_FONT, _SIZE = "Helvetica", 7

Label = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart's values come to lie, in points: x is a share of the width, y their size."""

    width: float
    height: float
    low: float
    high: float

    def x(self, share: float) -> float:
        """Of a share from 0 (left) to 1 (right)."""
        return _LEFT + share * (self.width - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Of a value between low and high."""
        share = (value - self.low) / (self.high - self.low)
        return _BOTTOM + share * (self.height - _TOP - _BOTTOM)


def equity(
    points: Sequence[tuple[datetime, float]], width: float, height: float, label: Label
) -> Drawing:
    """A line over a tinted area."""
    values = [value for _, value in points]
    frame = _frame(values, width, height, span=0.12)
    return _over_time(points, frame, frame.low, (ACCENT, SOFT_ACCENT), label)


def drawdown(
    points: Sequence[tuple[datetime, float]], width: float, height: float, label: Label
) -> Drawing:
    """Percent below the peak, hanging from zero."""
    values = [value for _, value in points]
    frame = _frame([*values, 0.0, -1.0], width, height)
    return _over_time(points, frame, 0.0, (LOSS, SOFT_LOSS), label)


def bars(
    points: Sequence[tuple[datetime, float]], width: float, height: float, label: Label
) -> Drawing:
    """One bar per day, up for a gain and down for a loss."""
    values = [value for _, value in points]
    frame = _frame([*values, 0.0], width, height)
    drawing = _with_grid(frame, label)
    thick = max(0.4, min(9.0, 0.7 * (width - _LEFT - _RIGHT) / len(points)))
    for place, value in enumerate(values):
        x = frame.x((place + 0.5) / len(points)) - thick / 2
        drawing.add(_bar(x, frame.y(0), thick, frame.y(value) - frame.y(0), value))
    shares = [(n + 0.5) / len(points) for n in range(len(points))]
    _add_dates(drawing, frame, [at for at, _ in points], shares)
    return drawing


def histogram(results: Sequence[float], width: float, height: float, label: Label) -> Drawing:
    """How many round trips ended with how much: up to 24 bins of equal and round width."""
    step = _round_step((max(results) - min(results)) / 20 or 1.0)
    start, end = floor(min(results) / step), floor(max(results) / step) + 1
    counts, edges = np.histogram(results, bins=[n * step for n in range(start, end + 1)])
    frame = _frame([0.0, float(counts.max())], width, height)
    drawing = _with_grid(frame, lambda value: f"{value:,.0f}")
    slot = (width - _LEFT - _RIGHT) / len(counts)
    for place, count in enumerate(counts):
        tall = frame.y(float(count)) - frame.y(0)
        x = _LEFT + place * slot
        drawing.add(_bar(x + 0.5, frame.y(0), slot - 1, tall, float(edges[place])))
    every = ceil(len(counts) / 8)
    for place in range(0, len(edges), every):
        _add_text(drawing, _LEFT + place * slot, 8, label(float(edges[place])), "middle")
    return drawing


def _frame(values: Sequence[float], width: float, height: float, span: float = 0.0) -> Frame:
    low, high = min(values), max(values)
    room = (high - low) * span or (abs(high) * 0.01 if high == low else 0.0) or float(high == low)
    step = _round_step((high - low + 2 * room) / 4)
    low, high = floor((low - room) / step) * step, ceil((high + room) / step) * step
    return Frame(width, height, low, high)


def _round_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, not below `rough`."""
    power: float = 10.0 ** floor(log10(rough))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= rough * 0.999999)


def _over_time(
    points: Sequence[tuple[datetime, float]],
    frame: Frame,
    base: float,
    colours: tuple[Color, Color],
    label: Label,
) -> Drawing:
    drawing = _with_grid(frame, label)
    times = [at for at, _ in points]
    length = (times[-1] - times[0]).total_seconds() or 1.0
    shares = [(at - times[0]).total_seconds() / length for at in times]
    line = [
        c
        for share, (_, value) in zip(shares, points, strict=True)
        for c in (frame.x(share), frame.y(value))
    ]
    ends = [frame.x(shares[-1]), frame.y(base), frame.x(0), frame.y(base)]
    drawing.add(Polygon([*line, *ends], fillColor=colours[1], strokeColor=None))
    drawing.add(PolyLine(line, strokeColor=colours[0], strokeWidth=1.1, strokeLineJoin=1))
    _add_dates(drawing, frame, times, shares)
    return drawing


def _with_grid(frame: Frame, label: Label) -> Drawing:
    drawing = Drawing(frame.width, frame.height)
    step = _round_step((frame.high - frame.low) / 5)
    first, last = ceil(frame.low / step - 1e-9), floor(frame.high / step + 1e-9)
    for place in range(first, last + 1):
        y = frame.y(place * step)
        stroke = MUTED if place == 0 else GRID
        drawing.add(Line(_LEFT, y, frame.width - _RIGHT, y, strokeColor=stroke, strokeWidth=0.5))
        _add_text(drawing, _LEFT - 5, y - 2.4, label(place * step), "end")
    return drawing


def _add_dates(
    drawing: Drawing, frame: Frame, times: Sequence[datetime], shares: Sequence[float]
) -> None:
    """Up to six dates, evenly over the width, each where its value is drawn."""
    form = "%d %b %H:%M" if (times[-1] - times[0]).days < 3 else "%d %b %Y"
    wanted = [n / 5 for n in range(6)]
    places = sorted({min(bisect_left(shares, share), len(shares) - 1) for share in wanted})
    edge = -1e9
    for place in places:
        x = frame.x(shares[place])
        anchor = "start" if x < 90 else "end" if x > frame.width - 40 else "middle"
        if x - edge > 62:
            _add_text(drawing, x, 8, times[place].strftime(form), anchor)
            edge = x


def _bar(x: float, base: float, width: float, height: float, sign: float) -> Rect:
    # A rectangle of negative height is drawn as one of positive height below.
    low = base if height >= 0 else base + height
    colour = GAIN if sign >= 0 else LOSS
    return Rect(x, low, width, abs(height), fillColor=colour, strokeColor=None)


def _add_text(drawing: Drawing | Group, x: float, y: float, text: str, anchor: str) -> None:
    drawing.add(
        String(x, y, text, textAnchor=anchor, fontName=_FONT, fontSize=_SIZE, fillColor=MUTED)
    )

"""The report's sections, from what the report says; no text of a user is read as markup here."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    PageBreak,
    Paragraph,
    Spacer,
    Table,
)

from ...money import as_text
from ..statements import STATEMENTS
from . import charts, wording
from .charts import GAIN, GRID, INK, LOSS, MUTED
from .report import MOST_RESULTS, Report

WIDTH, HEIGHT = letter
MARGIN = 48
INNER = WIDTH - 2 * MARGIN
BOLD = "Helvetica-Bold"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=8.5, leading=12, textColor=INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=7, leading=9.5, textColor=MUTED)
_HEAD = ParagraphStyle(
    "head", _BODY, fontName="Helvetica-Bold", fontSize=12, leading=16, spaceBefore=14, spaceAfter=4
)
_CELL = ParagraphStyle("cell", _BODY, fontSize=7.5, leading=9.5)
_KPI = ParagraphStyle(
    "kpi", _BODY, fontName="Helvetica-Bold", fontSize=15, leading=18, alignment=TA_CENTER
)
_KPI_NAME = ParagraphStyle("kpi name", _SMALL, alignment=TA_CENTER)


def story(report: Report) -> list[Flowable]:
    """Everything, in the order of its pages."""
    return [
        *_cover_figures(report),
        *_equity(report),
        *_drawdown(report),
        PageBreak(),
        *_months(report),
        *_days(report),
        *_distribution(report),
        *_all_figures(report),
        *_trips(report),
        *_definitions(),
        *_statement(report),
    ]


def _cover_figures(report: Report) -> list[Flowable]:
    cells = [_key_figure(report, name) for name in wording.COVER]
    style = [
        ("BOX", (0, 0), (-1, -1), 0.6, GRID),
        ("INNERGRID", (0, 0), (-1, -1), 0.6, GRID),
        ("TOPPADDING", (0, 0), (-1, -1), 8),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
    ]
    table = Table([cells[:4], cells[4:]], colWidths=[INNER / 4] * 4, style=style)
    return [table, Spacer(0, 6), Paragraph(wording.SHORT_STATEMENTS[report.mode], _SMALL)]


def _key_figure(report: Report, name: str) -> list[Flowable]:
    says, below = _written(report, name), _name(name)
    if says.startswith("n/a"):
        says, below = "n/a", f"{below} {says.removeprefix('n/a ')}"
    return [Paragraph(says, _KPI), Paragraph(below, _KPI_NAME)]


def _equity(report: Report) -> list[Flowable]:
    if len(report.curve) < 2:
        return [*_heading("Equity"), _nothing("There is no equity curve in this period yet.")]
    points = [(_at(point), float(point["equity"])) for point in report.curve]
    first, last = points[0][1], points[-1][1]
    says = f"From {wording.money(first)} to {wording.money(last)}, US dollars."
    chart = charts.equity(points, INNER, 206, lambda value: f"{value:,.0f}")
    return [KeepTogether([*_heading("Equity"), Paragraph(says, _SMALL), chart])]


def _drawdown(report: Report) -> list[Flowable]:
    if len(report.curve) < 2:
        return []
    points = [(_at(point), point["drawdown"]) for point in report.curve]
    chart = charts.drawdown(points, INNER, 132, lambda value: f"{value:g}%")
    says = "Percent below the running peak of the points shown; the figure above is measured at "
    says += "every change of equity."
    return [KeepTogether([*_heading("Drawdown"), Paragraph(says, _SMALL), chart])]


def _months(report: Report) -> list[Flowable]:
    if not report.months:
        return [*_heading("Monthly returns"), _nothing("No day has been traded in this period.")]
    found = {(month.year, month.month): month.percent for month in report.months}
    rows: list[list[object]] = [["", *_MONTHS, "Year"]]
    style = list(_TABLE)
    for row, year in enumerate(sorted(report.years, reverse=True), start=1):
        values = [found.get((year, month)) for month in range(1, 13)] + [report.years[year]]
        rows.append([str(year), *("" if v is None else f"{v:,.2f}" for v in values)])
        style += [
            ("TEXTCOLOR", (column, row), (column, row), GAIN if v >= 0 else LOSS)
            for column, v in enumerate(values, start=1)
            if v is not None
        ]
    style += [("ALIGN", (1, 0), (-1, -1), "RIGHT"), ("FONTNAME", (-1, 1), (-1, -1), BOLD)]
    widths = [36, *[(INNER - 36 - 46) / 12] * 12, 46]
    table = Table(rows, colWidths=widths, style=style, repeatRows=1)
    return [*_heading("Monthly returns, percent"), table]


def _days(report: Report) -> list[Flowable]:
    if not report.days:
        return []
    points = [(datetime.combine(day, time(), UTC), value) for day, value in report.days]
    chart = charts.bars(points, INNER, 126, lambda value: f"{value:g}%")
    return [KeepTogether([*_heading("Daily returns"), chart])]


def _distribution(report: Report) -> list[Flowable]:
    title = _heading("Distribution of round trips")
    if not report.results:
        return [*title, _nothing("No round trip was closed in this period.")]
    says = "How many round trips ended with how many dollars, after fees."
    if len(report.results) == MOST_RESULTS:
        says += f" The latest {MOST_RESULTS:,}."
    chart = charts.histogram(report.results, INNER, 136, lambda value: f"{value:,.10g}")
    return [KeepTogether([*title, Paragraph(says, _SMALL), chart])]


def _all_figures(report: Report) -> list[Flowable]:
    names = list(wording.FIGURES)
    half = (len(names) + 1) // 2
    rows = [
        [_name(left), _written(report, left), "", _name(right), _written(report, right)]
        for left, right in zip(names[:half], names[half:], strict=True)
    ]
    style = [*_TABLE[1:], ("ALIGN", (1, 0), (1, -1), "RIGHT"), ("ALIGN", (4, 0), (4, -1), "RIGHT")]
    column = (INNER - 24) / 4
    table = Table(rows, colWidths=[column, column, 24, column, column], style=style)
    return [KeepTogether([*_heading("All figures"), table])]


def _trips(report: Report) -> list[Flowable]:
    if not report.trips:
        return []
    head = ["Closed", "Symbol", "Side", "Quantity", "Entry", "Exit", "Fees", "Result"]
    rows: list[list[object]] = [list(head)]
    style = [*_TABLE, ("ALIGN", (3, 0), (-1, -1), "RIGHT")]
    for row, trip in enumerate(report.trips, start=1):
        rows.append([
            f"{trip.exited_at.astimezone(UTC):%d %b %Y %H:%M}", latin(trip.symbol), trip.side,
            f"{Decimal(as_text(trip.quantity)):,f}", f"{trip.entry_price:,.4f}",
            f"{trip.exit_price:,.4f}", f"{trip.fees:,.2f}", wording.money(float(trip.pnl)),
        ])  # fmt: skip
        style.append(("TEXTCOLOR", (-1, row), (-1, row), GAIN if trip.pnl >= 0 else LOSS))
    shares = (0.17, 0.12, 0.07, 0.14, 0.14, 0.14, 0.09, 0.13)
    table = Table(rows, colWidths=[s * INNER for s in shares], style=style, repeatRows=1)
    says = f"The latest {len(report.trips)} of {report.trip_count:,}; times in UTC."
    return [CondPageBreak(160), *_heading("Round trips"), Paragraph(says, _SMALL), table]


def _definitions() -> list[Flowable]:
    rows = [
        [Paragraph(figure.name, _CELL), Paragraph(figure.meaning, _CELL)]
        for figure in wording.FIGURES.values()
    ]
    table = Table(rows, colWidths=[INNER * 0.26, INNER * 0.74], style=_TABLE[1:])
    return [CondPageBreak(200), *_heading("Definitions"), table]


def _statement(report: Report) -> list[Flowable]:
    title = {
        "paper": "Hypothetical performance (CFTC rule 4.41(b)(1))", "live": "Important information",
    }  # fmt: skip
    text = Paragraph(STATEMENTS[report.mode], _BODY)
    return [KeepTogether([*_heading(title[report.mode]), text])]


_TABLE: list[tuple[Any, ...]] = [
    ("FONTNAME", (0, 0), (-1, 0), BOLD),
    ("FONTSIZE", (0, 0), (-1, -1), 7.5),
    ("LEADING", (0, 0), (-1, -1), 9.5),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, GRID),
    ("TOPPADDING", (0, 0), (-1, -1), 2.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def _heading(text: str) -> list[Flowable]:
    return [Paragraph(text, _HEAD)]


def _nothing(text: str) -> Flowable:
    return Paragraph(text, _SMALL)


def _name(figure: str) -> str:
    return wording.FIGURES[figure].name


def _written(report: Report, figure: str) -> str:
    value = report.metrics.get(figure)
    if value is None:
        return f"n/a ({wording.REASONS.get(report.undefined.get(figure, ''), 'undefined')})"
    return wording.FIGURES[figure].write(value)


def _at(point: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(point["at"])


def latin(text: str) -> str:
    """What the standard fonts can show; anything else becomes a question mark."""
    return text.encode("cp1252", "replace").decode("cp1252")

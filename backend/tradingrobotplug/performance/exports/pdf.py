"""The performance report as a PDF of US letter pages."""

import io
from datetime import UTC, date
from functools import partial

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    NextPageTemplate,
    PageTemplate,
)

from . import wording
from .charts import ACCENT, GAIN, GRID, INK, MUTED
from .pages import BOLD, HEIGHT, INNER, MARGIN, WIDTH, latin, story
from .report import Report

_BAND = 158  # height of the cover's coloured band
_MODE_COLOUR = {"live": GAIN, "paper": "#a8640f"}


def render(report: Report) -> bytes:
    """The file."""
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=letter,
        title=f"Performance report: {report.title}",
        author="TradingRobotPlug",
        subject=wording.LABELS[report.mode],
    )
    first = Frame(MARGIN, 54, INNER, HEIGHT - _BAND - 74, 0, 0, 0, 0)
    later = Frame(MARGIN, 54, INNER, HEIGHT - 54 - 62, 0, 0, 0, 0)
    document.addPageTemplates(
        [
            PageTemplate("cover", [first], onPage=partial(_draw_cover, report)),
            PageTemplate("page", [later], onPage=partial(_draw_page, report)),
        ]
    )
    document.build([NextPageTemplate("page"), *story(report)])
    return out.getvalue()


def _draw_cover(report: Report, canvas: Canvas, _: BaseDocTemplate) -> None:
    canvas.saveState()
    canvas.setFillColor(ACCENT)
    canvas.rect(0, HEIGHT - _BAND, WIDTH, _BAND, stroke=0, fill=1)
    canvas.setFillColor("#ffffff")
    canvas.setFont(BOLD, 10)
    canvas.drawString(MARGIN, HEIGHT - 42, "TradingRobotPlug")
    canvas.setFont("Helvetica", 10)
    canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 42, "Performance report")
    canvas.setFont(BOLD, 24)
    canvas.drawString(MARGIN, HEIGHT - 86, _fitting(canvas, report.title, 24, INNER))
    canvas.setFont("Helvetica", 10)
    canvas.drawString(MARGIN, HEIGHT - 106, f"{_period(report)} · {latin(report.owner)}")
    _draw_badge(report, canvas)
    canvas.restoreState()
    _draw_footer(report, canvas)


def _draw_badge(report: Report, canvas: Canvas) -> None:
    text = wording.LABELS[report.mode]
    width = canvas.stringWidth(text, BOLD, 8) + 16
    canvas.setFillColor(_MODE_COLOUR[report.mode])
    canvas.roundRect(MARGIN, HEIGHT - 138, width, 17, 3, stroke=0, fill=1)
    canvas.setFillColor("#ffffff")
    canvas.setFont(BOLD, 8)
    canvas.drawString(MARGIN + 8, HEIGHT - 132.5, text)


def _draw_page(report: Report, canvas: Canvas, _: BaseDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont(BOLD, 8)
    canvas.setFillColor(INK)
    canvas.drawString(MARGIN, HEIGHT - 40, _fitting(canvas, report.title, 8, INNER - 220))
    canvas.setFillColor(_MODE_COLOUR[report.mode])
    canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 40, wording.LABELS[report.mode])
    canvas.setStrokeColor(GRID)
    canvas.line(MARGIN, HEIGHT - 48, WIDTH - MARGIN, HEIGHT - 48)
    canvas.restoreState()
    _draw_footer(report, canvas)


def _draw_footer(report: Report, canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setStrokeColor(GRID)
    canvas.line(MARGIN, 42, WIDTH - MARGIN, 42)
    canvas.setFont("Helvetica", 7)
    canvas.setFillColor(MUTED)
    updated = report.updated_at or report.made_at
    says = f"Figures as of {updated.astimezone(UTC):%d %b %Y %H:%M} UTC"
    canvas.drawString(MARGIN, 30, f"{says} · made {report.made_at.astimezone(UTC):%d %b %Y}")
    canvas.drawRightString(WIDTH - MARGIN, 30, f"Page {canvas.getPageNumber()}")
    canvas.restoreState()


def _period(report: Report) -> str:
    first = report.first
    return f"{_date(first)} to {_date(report.last)}" if first else f"up to {_date(report.last)}"


def _date(day: date) -> str:
    return f"{day:%d %B %Y}"


def _fitting(canvas: Canvas, text: str, size: float, width: float) -> str:
    shown = latin(text)
    if canvas.stringWidth(shown, BOLD, size) <= width:
        return shown
    while shown and canvas.stringWidth(shown + "…", BOLD, size) > width:
        shown = shown[:-1]
    return shown + "…"

"""The PDF: rendered, looked at for ink, and its figures read back from its text."""

import re
from datetime import timedelta
from decimal import Decimal

import pypdfium2
import pytest

from tests.factories import headers_for, make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot
from tradingrobotplug.performance.exports import wording
from tradingrobotplug.performance.statements import HYPOTHETICAL

from .exporting import ask, made, made_live, round_trips, subscribe

COVER = {
    "total_return_pct": "Total return", "total_pnl": "Net profit or loss",
    "sharpe_ratio": "Sharpe ratio", "max_drawdown": "Maximum drawdown", "win_rate": "Win rate",
    "profit_factor": "Profit factor", "sortino_ratio": "Sortino ratio",
    "trade_count": "Round trips",
}  # fmt: skip
SECTIONS = [
    "Equity", "Drawdown", "Monthly returns, percent", "Daily returns",
    "Distribution of round trips", "All figures", "Round trips", "Definitions",
    "Hypothetical performance (CFTC rule 4.41(b)(1))",
]  # fmt: skip


@pytest.fixture
def trader(clean):
    user = make_user()
    subscribe(user)
    return user


@pytest.fixture
def bot(trader):
    crypto = make_bot(trader, name="Momentum <b>&amp; more", starting_cash=Decimal(1_000))
    pnls = [30, -12, 44, -8, 25, -60, 18, 22, -15, 40] * 3
    start = clock.now() - timedelta(days=40)
    round_trips(crypto, *pnls, start=start, apart=timedelta(days=1))
    return crypto


def pages(content):
    """Each page's text and picture."""
    with pypdfium2.PdfDocument(content) as document:
        return [
            (page.get_textpage().get_text_bounded(), page.render(scale=1).to_pil().convert("L"))
            for page in document
        ]


def text_of(content):
    return "\n".join(text for text, _ in pages(content)).replace("\r\n", "\n")


def answered(app, user, path):
    return app.test_client().get(f"/api/{path}", headers=headers_for(app, user)).get_json()


def written(metrics, name):
    return wording.FIGURES[name].write(metrics[name])


_NEXT = "(?:Losses|Average|Best|Worst|Longest)"


def figures_in(text):
    """What stands for each figure in the table of all figures."""
    part = text[text.index("All figures") :]
    found = {
        name: re.search(rf"{re.escape(named.name)}\s+(.+?)(?= {_NEXT}|\n|$)", part)
        for name, named in wording.FIGURES.items()
    }  # fmt: skip
    return {name: match[1].strip() for name, match in found.items() if match}


def test_the_figures_are_those_that_the_api_answers(app, trader, bot):
    _, answer = made(app, trader, kind="report_pdf", bot_id=str(bot.id))
    api = answered(app, trader, f"bots/{bot.id}/performance?period=all-time")["metrics"]
    assert answer.mimetype == "application/pdf"
    assert figures_in(text_of(answer.data)) == {
        name: written(api, name) for name in wording.FIGURES
    }


def test_the_figures_of_everything_are_those_that_the_api_answers(app, trader, bot):
    round_trips(make_bot(trader), 5, -3)
    _, answer = made(app, trader, kind="report_pdf")
    api = answered(app, trader, "performance/me/all-time")["metrics"]
    assert figures_in(text_of(answer.data)) == {
        name: written(api, name) for name in wording.FIGURES
    }


def test_the_figures_of_a_range_are_those_that_the_api_answers(app, trader, bot):
    first, last = ((clock.now() - timedelta(days=n)).date().isoformat() for n in (30, 15))
    days = {"start_date": first, "end_date": last}
    _, answer = made(app, trader, kind="report_pdf", bot_id=str(bot.id), **days)
    path = f"bots/{bot.id}/performance?start_date={first}&end_date={last}"
    api = answered(app, trader, path)["metrics"]
    found = figures_in(text_of(answer.data))
    assert 0 < api["trade_count"] < 30
    assert found == {name: written(api, name) for name in wording.FIGURES}


def test_the_first_page_shows_the_key_figures_and_whose_they_are(app, trader, bot):
    _, answer = made(app, trader, kind="report_pdf", bot_id=str(bot.id))
    (first, _), *_ = pages(answer.data)
    api = answered(app, trader, f"bots/{bot.id}/performance?period=all-time")["metrics"]
    cover = first.replace("\r\n", "\n")
    assert "Momentum <b>&amp; more" in cover  # I2: markup is text
    assert wording.LABELS["paper"] in cover
    assert {name for name in COVER if written(api, name) in cover} == set(COVER)


def test_every_section_is_there_and_every_page_is_drawn_and_labelled(app, trader, bot):
    _, answer = made(app, trader, kind="report_pdf", bot_id=str(bot.id))
    text, found = text_of(answer.data), pages(answer.data)
    assert [section for section in SECTIONS if section not in text] == []
    assert " ".join(HYPOTHETICAL.split()) in " ".join(text.split())
    assert len(found) >= 3
    assert all(wording.LABELS["paper"] in page for page, _ in found)
    dark = [sum(picture.histogram()[:200]) / (612 * 792) for _, picture in found]
    assert all(0.005 < share < 0.6 for share in dark), dark


def test_the_charts_are_drawn_in_their_colours(app, trader, bot):
    _, answer = made(app, trader, kind="report_pdf", bot_id=str(bot.id))
    with pypdfium2.PdfDocument(answer.data) as document:
        cover = document[0].render(scale=1).to_pil().convert("RGB")
    colours = {pixel for _, pixel in cover.getcolors(1 << 20)}
    assert {(0xDB, 0xE8, 0xF1), (0xF3, 0xDC, 0xD9)} <= colours  # under the two curves


def test_live_results_carry_no_hypothetical_statement(app, trader, bot):
    made_live(bot)
    with db.transaction() as session:
        session.get_one(Bot, bot.id).trading_mode = "live"
    _, answer = made(app, trader, kind="report_pdf", bot_id=str(bot.id))
    text = text_of(answer.data)
    assert wording.LABELS["live"] in text
    assert ("hypothetical" in text.lower(), "Past performance" in text) == (False, True)


@pytest.mark.parametrize("pnls", [(), (5,), (5, 5), (-5,), (0,)])
def test_short_records_make_a_report_too(app, trader, pnls):
    bot = make_bot(trader, name="名前 " + "W" * 110)
    round_trips(bot, *pnls) if pnls else None
    _, answer = made(app, trader, kind="report_pdf", bot_id=str(bot.id))
    assert "n/a" in text_of(answer.data)


def test_the_free_plan_gets_a_report_of_its_seven_days(app, clean):
    user = make_user()
    bot = make_bot(user)
    round_trips(bot, 1, 2, 3, start=clock.now() - timedelta(days=12), apart=timedelta(days=5))
    shown, answer = made(app, user, kind="report_pdf", bot_id=str(bot.id))
    assert figures_in(text_of(answer.data))["trade_count"] == "2"
    assert shown["parameters"]["start_date"] == str((clock.now() - timedelta(days=7)).date())
    day = (clock.now() - timedelta(days=8)).date().isoformat()
    assert ask(app, user, kind="report_pdf", start_date=day)[0] == 403

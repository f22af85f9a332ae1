"""The tax report: Form 8949's columns, totals per term, the method of a year, live fills only."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.factories import make_bot, make_user
from tradingrobotplug import db
from tradingrobotplug.models import Bot, TaxMethod
from tradingrobotplug.performance.exports import tax

from .books import Traded, trade
from .exporting import ask, asked_at, made, made_live, subscribe, table

FORM_8949 = [
    "Description of property (a)", "Date acquired (b)", "Date sold or disposed of (c)",
    "Proceeds (d)", "Cost or other basis (e)", "Code(s) (f)", "Amount of adjustment (g)",
    "Gain or (loss) (h)",
]  # fmt: skip


def at(year, month, day, hour=16):
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.fixture
def trader(clean, monkeypatch):
    asked_at(monkeypatch, 2026, 3, 2, 12)
    user = make_user()
    subscribe(user)
    return user


@pytest.fixture
def bot(trader):
    """Bought twice, sold in parts over two years; a loss that was bought again."""
    stocks = make_bot(trader, asset_type="stocks", exchange="alpaca")
    trade(
        stocks,
        Traded(at(2024, 1, 10), "10", "100", "1", "TSLA"),
        Traded(at(2024, 6, 3), "10", "150", "1", "TSLA"),
        Traded(at(2025, 2, 3), "-15", "130", "3", "TSLA"),
        Traded(at(2025, 2, 20), "5", "125", "0", "TSLA"),
        Traded(at(2026, 1, 5), "-5", "160", "0", "TSLA"),
    )
    made_live(stocks)
    return stocks


def lines(answer):
    return [row for row in table(answer.data) if row["Symbol"]]


def test_the_columns_are_those_of_form_8949(app, trader, bot):
    _, answer = made(app, trader, kind="tax_csv", year=2025)
    assert list(table(answer.data)[0])[:8] == FORM_8949
    assert answer.mimetype == "text/csv"


def test_short_and_long_term_stand_in_their_parts_with_their_sums(app, trader, bot):
    shown, answer = made(app, trader, kind="tax_csv", year=2025)
    short, long = lines(answer)
    assert list(short.values())[:8] == [
        "5 sh. TSLA", "06/03/2024", "02/03/2025", "649", "750.5", "", "", "-101.5",
    ]  # fmt: skip
    assert list(long.values())[:8] == [
        "10 sh. TSLA", "01/10/2024", "02/03/2025", "1298", "1001", "", "", "297",
    ]  # fmt: skip
    assert (short["Part"], long["Part"]) == ("I (short-term)", "II (long-term)")
    assert (short["Fees (included)"], long["Fees (included)"]) == ("1.5", "3")
    totals = [row for row in table(answer.data) if row[FORM_8949[0]].startswith("TOTAL")]
    assert [row["Gain or (loss) (h)"] for row in totals] == ["-101.5", "297"]
    assert shown["summary"] == {
        "year": 2025, "tax_method": "fifo",
        "short_term": {"disposals": 1, "proceeds": "649", "cost_basis": "750.5", "gain": "-101.5"},
        "long_term": {"disposals": 1, "proceeds": "1298", "cost_basis": "1001", "gain": "297"},
    }  # fmt: skip


def test_a_possible_wash_sale_names_the_day_and_adjusts_nothing(app, trader, bot):
    _, answer = made(app, trader, kind="tax_csv", year=2025)
    assert [row["Possible wash sale: bought again on"] for row in lines(answer)] == [
        "02/20/2025", "",
    ]  # fmt: skip


def test_it_says_that_it_is_information_and_not_advice(app, trader, bot):
    _, answer = made(app, trader, kind="tax_csv", year=2025)
    assert [row[FORM_8949[0]] for row in table(answer.data)][-4:] == list(tax.NOTES)
    assert "not tax advice" in tax.NOTES[0]


def test_paper_is_left_out_unless_it_is_asked_for_and_then_says_so(app, trader, bot):
    paper = make_bot(trader)
    trade(paper, Traded(at(2025, 5, 5), "2", "10"), Traded(at(2025, 5, 6), "-2", "20"))
    _, live = made(app, trader, kind="tax_csv", year=2025)
    _, other = made(app, trader, kind="tax_csv", year=2025, mode="paper")
    assert {row["Mode"] for row in lines(live)} == {"Live"}
    assert [(row["Symbol"], row["Mode"]) for row in lines(other)] == [
        ("BTC-USD", "PAPER, NOT FOR TAX")
    ]
    assert tax.PAPER_NOTE in [row[FORM_8949[0]] for row in table(other.data)]


@pytest.mark.parametrize(
    ("hour", "year"), [(4, 2025), (5, 2026)], ids=["still the old year in New York", "new year"]
)
def test_the_year_ends_in_new_york(app, trader, hour, year):
    bot = make_bot(trader)
    trade(bot, Traded(at(2025, 6, 1), "1", "10"), Traded(at(2026, 1, 1, hour), "-1", "20"))
    made_live(bot)
    _, answer = made(app, trader, kind="tax_csv", year=year)
    assert len(lines(answer)) == 1


def test_a_method_of_the_year_in_progress_is_kept_and_changes_its_lots(app, trader, bot):
    _, first = made(app, trader, kind="tax_csv", year=2026)
    _, chosen = made(app, trader, kind="tax_csv", year=2026, tax_method="lifo")
    shown, again = made(app, trader, kind="tax_csv", year=2026)
    assert [row["Date acquired (b)"] for row in lines(first)] == ["06/03/2024"]
    assert [row["Date acquired (b)"] for row in lines(chosen)] == ["02/20/2025"]
    assert again.data == chosen.data
    assert shown["parameters"]["tax_method"] == "lifo"


def test_a_year_that_is_over_keeps_its_method(app, trader, bot, monkeypatch):
    assert ask(app, trader, kind="tax_csv", year=2026, tax_method="highest_cost")[0] == 202
    asked_at(monkeypatch, 2027, 1, 1, 6)
    statuses = {m: ask(app, trader, kind="tax_csv", year=2026, tax_method=m) for m in
                ("fifo", "lifo", "highest_cost")}  # fmt: skip
    assert {m: status for m, (status, _) in statuses.items()} == {
        "fifo": 409, "lifo": 409, "highest_cost": 202,
    }  # fmt: skip
    assert statuses["lifo"][1]["error"] == "tax_year_closed"
    assert statuses["lifo"][1]["details"] == {"year": 2026, "tax_method": "highest_cost"}


def test_the_method_of_one_year_leaves_its_lots_to_the_next(app, trader, bot):
    """Chosen for 2025 while it ran: 2026 sells what that left."""
    with db.transaction() as session:
        now = datetime.now(UTC)
        session.add(TaxMethod(user_id=trader.id, year=2025, method="lifo", chosen_at=now))
    _, answer = made(app, trader, kind="tax_csv", year=2026)
    assert [row["Date acquired (b)"] for row in lines(answer)] == ["01/10/2024"]


def test_trying_methods_on_paper_chooses_nothing(app, trader, bot):
    made(app, trader, kind="tax_csv", year=2026, mode="paper", tax_method="lifo")
    shown, _ = made(app, trader, kind="tax_csv", year=2026)
    assert shown["parameters"]["tax_method"] == "fifo"


def test_a_bots_own_report_lists_its_sales_of_the_accounts_lots(app, trader, bot):
    other = make_bot(trader, name="Other", asset_type="stocks", exchange="alpaca")
    trade(other, Traded(at(2025, 3, 3), "1", "10"), Traded(at(2025, 3, 4), "-1", "11"))
    made_live(other)
    _, answer = made(app, trader, kind="tax_csv", year=2025, bot_id=str(other.id))
    assert {row["Bot"] for row in lines(answer)} == {"Other"}


def test_i1_a_bots_name_runs_in_no_tax_report(app, trader, bot):
    with db.transaction() as session:
        session.get_one(Bot, bot.id).name = "=1+1"
    _, answer = made(app, trader, kind="tax_csv", year=2025)
    assert {row["Bot"] for row in lines(answer)} == {"'=1+1"}


def test_what_stands_in_the_lines_adds_up_to_the_cent(app, trader):
    bot = make_bot(trader)
    fills = [Traded(at(2025, 1, 2 + n), "0.333333", f"{9 + n}.333", "0.017") for n in range(9)]
    trade(bot, *fills, Traded(at(2025, 2, 2), "-2.7", "11.1111", "0.031"))
    made_live(bot)
    shown, answer = made(app, trader, kind="tax_csv", year=2025)
    rows = lines(answer)
    gains = [Decimal(row["Gain or (loss) (h)"]) for row in rows]
    assert len(rows) == 9
    assert gains == [
        Decimal(r["Proceeds (d)"]) - Decimal(r["Cost or other basis (e)"]) for r in rows
    ]
    assert sum(gains) == Decimal(shown["summary"]["short_term"]["gain"])

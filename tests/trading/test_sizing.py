from decimal import Decimal

import pytest

from tradingrobotplug.marketdata.products import Product
from tradingrobotplug.trading.sizing import Facts, Quantity, size_entry, size_exit

D = Decimal
BITCOIN = Product("BTC-USD", D("0.00000001"), D("0.01"), D("0.00000001"), D(1))
WHOLE = Product("XYZ", D(1), D("0.01"), D(1), D(1))


@pytest.mark.parametrize(
    ("rule", "value", "asked", "price", "product", "quantity"),
    [
        ("fixed_units", "0.5", None, "50000", BITCOIN, "0.5"),
        ("fixed_units", "2.9", None, "10", WHOLE, "2"),
        ("fixed_amount", "1000", None, "30000", BITCOIN, "0.03333333"),
        ("fixed_amount", "1000", None, "333", WHOLE, "3"),
        ("percent_of_portfolio", "10", None, "50000", BITCOIN, "0.04"),
        ("percent_of_portfolio", "100", None, "7", WHOLE, "2857"),
        ("fixed_units", "5", "0.25", "50000", BITCOIN, "0.25"),
        ("percent_of_portfolio", "5", "3", "50000", BITCOIN, "3"),
        ("fixed_units", "1", "0.123456789", "50000", BITCOIN, "0.12345678"),
    ],
)
def test_an_entry_is_sized_by_its_rule_and_rounded_down(
    rule, value, asked, price, product, quantity
) -> None:
    sizing = {"type": rule, "value": value}

    alert = Quantity(D(asked), "units") if asked else None
    sized = size_entry(sizing, alert, Facts(D(price), equity=D(20_000)), product)

    assert (sized.quantity, sized.refusal) == (D(quantity), None)


@pytest.mark.parametrize(
    ("rule", "value", "price", "product", "reason"),
    [
        ("fixed_amount", "5", "10", WHOLE, "0 XYZ is below the venue's minimum of 1."),
        ("fixed_units", "0.00001", "50000", BITCOIN, "worth $0.5, below the venue's minimum of $1"),
        ("percent_of_portfolio", "0.00000001", "50000", BITCOIN, "minimum of 0.00000001"),
    ],
)
def test_an_entry_below_the_venue_s_minimum_is_refused_with_it(
    rule, value, price, product, reason
) -> None:
    facts = Facts(D(price), equity=D(20_000))
    sized = size_entry({"type": rule, "value": value}, None, facts, product)

    assert reason in (sized.refusal or "")


def test_an_empty_portfolio_buys_nothing() -> None:
    sizing = {"type": "percent_of_portfolio", "value": "10"}

    sized = size_entry(sizing, None, Facts(D(100), equity=D(-50)), BITCOIN)

    assert sized.refusal is not None


def test_the_arithmetic_says_how_the_quantity_came_about() -> None:
    sizing = {"type": "percent_of_portfolio", "value": "10"}

    sized = size_entry(sizing, None, Facts(D(30_000), equity=D(20_000)), BITCOIN)

    assert sized.arithmetic == {
        "rule": "percent_of_portfolio",
        "value": "10",
        "equity": "20000",
        "amount": "2000",
        "price": "30000",
        "wanted": "0.06666666666666666666666666667",
        "step": "0.00000001",
        "quantity": "0.06666666",
    }


@pytest.mark.parametrize(
    ("held", "asked", "whole", "quantity"),
    [
        ("3", None, False, "3"),
        ("3", "2", True, "3"),
        ("3", "5", False, "3"),
        ("-3", "5", False, "3"),
        ("3", "1.5", False, "1"),
        ("0.0000000001", None, True, "0.0000000001"),
    ],
)
def test_an_exit_takes_no_more_than_is_held(held, asked, whole, quantity) -> None:
    alert = Quantity(D(asked), "units") if asked else None
    sized = size_exit(alert, whole, Facts(D(10), D(held)), WHOLE)

    assert (sized.quantity, sized.refusal) == (D(quantity), None)


def test_a_partial_exit_below_the_minimum_is_refused() -> None:
    part = Quantity(D("0.5"), "units")
    assert size_exit(part, False, Facts(D(10), D(3)), WHOLE).refusal is not None


@pytest.mark.parametrize(
    ("value", "kind", "facts", "quantity"),
    [
        ("1000", "dollars", Facts(D(100)), "10"),
        ("1000", "dollars", Facts(D(100), fee_rate=D("0.001")), "9.99000999"),
        ("10", "percent_of_equity", Facts(D(100), equity=D(20_000)), "20"),
        ("50", "percent_of_position", Facts(D(100), D(3)), "1.5"),
        ("100", "risk_dollars", Facts(D(100), stop=D(95)), "20"),
        ("100", "risk_dollars", Facts(D(100), stop=D(105)), "20"),
        ("100", "risk_dollars", Facts(D(100), stop=D(95), fee_rate=D("0.001")), "19.24927815"),
        ("1", "risk_percent", Facts(D(100), equity=D(20_000), stop=D(90)), "20"),
    ],
)
def test_an_alert_s_quantity_may_count_anything(value, kind, facts, quantity) -> None:
    sized = size_entry({}, Quantity(D(value), kind), facts, BITCOIN)

    assert (sized.quantity, sized.refusal) == (D(quantity), None)
    assert sized.arithmetic["rule"] == f"alert_{kind}"


@pytest.mark.parametrize(
    ("kind", "facts", "reason"),
    [
        ("risk_dollars", Facts(D(100)), "needs a stop loss"),
        ("risk_percent", Facts(D(100), equity=D(1), stop=D(100)), "no risk to size by"),
        ("percent_of_position", Facts(D(100)), "no position to take a percentage of"),
    ],
)
def test_a_quantity_that_can_not_be_worked_out_is_refused(kind, facts, reason) -> None:
    assert reason in (size_entry({}, Quantity(D(1), kind), facts, BITCOIN).refusal or "")


@pytest.mark.parametrize(
    ("value", "kind", "quantity"),
    [("50", "percent_of_position", "1.5"), ("150", "dollars", "1.5"), ("100", "dollars", "1")],
)
def test_an_exit_takes_the_part_that_is_asked_for(value, kind, quantity) -> None:
    sized = size_exit(Quantity(D(value), kind), False, Facts(D(100), D(3)), BITCOIN)

    assert (sized.quantity, sized.refusal) == (D(quantity), None)

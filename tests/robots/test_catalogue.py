"""Every robot of the library keeps the rules, and decides by its bars alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from tradingrobotplug.bots import tuning
from tradingrobotplug.marketdata.bars import Bar
from tradingrobotplug.robots import catalogue, indicators, runner
from tradingrobotplug.robots.robot import Decision, Target, View
from tradingrobotplug.robots.runner import Seat

ROBOTS = catalogue.robots()
START = datetime(2026, 1, 5, 15, tzinfo=UTC)
BOT = UUID(int=7)


def _bars(closes: list[float]) -> list[Bar]:
    prices = [Decimal(str(round(close, 2))) for close in closes]
    return [
        Bar(START + timedelta(minutes=n), p, p + Decimal("0.5"), p - Decimal("0.5"), p, Decimal(1))
        for n, p in enumerate(prices)
    ]


# Up by a little with pauses: the averages lead upwards while RSI stays unstretched.
RISING = _bars([250 + n * 0.1 + (0.3 if n % 2 else 0) for n in range(60)])
FALLING = _bars([250 - n * 0.5 for n in range(60)])


@pytest.mark.parametrize("robot", ROBOTS.values(), ids=list(ROBOTS))
def test_each_robot_has_defaults_within_their_bounds(robot: catalogue.Robot) -> None:
    assert tuning.misfits(robot, robot.defaults) == {}
    assert {name for pair in robot.ordered for name in pair} <= set(robot.defaults)


@pytest.mark.parametrize("robot", ROBOTS.values(), ids=list(ROBOTS))
def test_the_same_view_gives_the_same_decision(robot: catalogue.Robot) -> None:
    view = View(RISING, robot.defaults, is_long=False)
    assert robot.decide(view) == robot.decide(view)


def test_the_demo_robot_buys_a_healthy_rise_with_protection_around_the_price() -> None:
    robot = ROBOTS["tsla_improved_strategy"]
    decision = robot.decide(View(RISING, robot.defaults, is_long=False))
    close = RISING[-1].close
    assert decision.target is Target.LONG
    assert decision.stop_loss is not None
    assert decision.take_profit is not None
    assert decision.stop_loss < close < decision.take_profit


def test_the_demo_robot_leaves_a_fall_and_does_not_enter_one() -> None:
    robot = ROBOTS["tsla_improved_strategy"]
    assert robot.decide(View(FALLING, robot.defaults, is_long=True)).target is Target.FLAT
    assert robot.decide(View(FALLING, robot.defaults, is_long=False)).target is Target.KEEP


def test_a_bar_makes_one_alert_with_a_key_that_counts_once() -> None:
    robot = ROBOTS["tsla_improved_strategy"]
    seats = [Seat(BOT, "TSLA", Decimal(0))]
    first, again = (runner.alerts(robot, RISING, seats) for _ in range(2))
    assert [alert.key for alert in first] == ["tsla_improved_strategy:TSLA:2026-01-05T15:59Z"]
    assert first == again


def test_seats_with_parameters_of_their_own_get_decisions_of_their_own() -> None:
    asked = []

    def decide(view: View) -> Decision:
        asked.append((view.is_long, view.parameters["stop_ranges"]))
        stop = view.bars[-1].close - view.parameters["stop_ranges"]
        return Decision(Target.LONG, "made up", stop_loss=stop)

    robot = replace(ROBOTS["tsla_improved_strategy"], decide=decide)
    wide = (("stop_ranges", Decimal(7)),)
    seats = [
        Seat(UUID(int=number), "TSLA", Decimal(0), changed)
        for number, changed in enumerate([(), wide, wide, ()])
    ]
    made = runner.alerts(robot, RISING, seats)
    close = RISING[-1].close
    stops = [Decimal(json.loads(alert.body)["stopLoss"]) for alert in made]
    assert stops == [close - 3, close - 7, close - 7, close - 3]
    assert sorted(asked) == [(False, Decimal(3)), (False, Decimal(7))]


def test_a_bot_whose_parameters_the_robot_cant_take_keeps_no_other_from_its_alert() -> None:
    def decide(view: View) -> Decision:
        return Decision(Target.LONG, "made up", stop_loss=10 / view.parameters["stop_ranges"])

    robot = replace(ROBOTS["tsla_improved_strategy"], decide=decide)
    spoilt = (("stop_ranges", Decimal(0)),)
    seats = [
        Seat(UUID(int=number), "TSLA", Decimal(0), changed)
        for number, changed in enumerate([(), spoilt, ()])
    ]
    made = runner.alerts(robot, RISING, seats)
    assert [alert.bot_id.int for alert in made] == [0, 2]


def test_too_few_bars_make_no_alert() -> None:
    robot = ROBOTS["tsla_improved_strategy"]
    assert runner.alerts(robot, RISING[:-1], [Seat(BOT, "TSLA", Decimal(0))]) == []


def test_ema_follows_its_recursion() -> None:
    assert indicators.ema([1, 2, 3], 3) == pytest.approx(1 + 0.5 * 1 + 0.5 * (3 - 1.5))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 2, 3, 4, 5], 100), ([5, 4, 3, 2, 1], 0), ([2, 2, 2, 2], 50), ([1, 2, 1, 2, 1], 50)],
)
def test_rsi_of_known_paths(values: list[float], expected: float) -> None:
    assert indicators.rsi(values, 2 if len(values) == 4 else 4) == pytest.approx(expected)


def test_atr_is_the_smoothed_true_range() -> None:
    assert indicators.atr(_bars([10, 10, 10, 10]), 3) == pytest.approx(1.0)


def test_atr_counts_gaps() -> None:
    assert indicators.atr(_bars([10, 13]), 1) == pytest.approx(3.5)

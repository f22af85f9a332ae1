"""The daily hash: sealed once a day, caught up, and broken by any change."""

import hashlib
import json
from argparse import Namespace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from tests.factories import make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.cli import performance_verify, running
from tradingrobotplug.models import LeaderboardMember
from tradingrobotplug.performance import jobs, leaderboard_chain, leaderboard_jobs

from .books import Traded, refresh, trade

PATH = "/api/performance/public/leaderboard/chain"
FIRST = date(2026, 3, 2)


def on(day, hour=12, minute=0):
    return datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(
        day, hour * 3600 + minute * 60
    )


@pytest.fixture
def at(monkeypatch):
    """Sets the time."""
    return lambda *given: monkeypatch.setattr(clock, "now", lambda: on(*given))


@pytest.fixture
def robot(clean, at):
    at(0, 9)
    house = make_user("house@example.com", is_house=True)
    bot = make_bot(house, plugin_id="demo", name="Demo robot", starting_cash=Decimal(1_000))
    for day, out in enumerate(["110", "90", "105"]):
        trade(bot, Traded(on(day), "1", "100"), Traded(on(day, 13), "-1", out))
    return bot


@pytest.fixture
def member(clean, at, robot):
    """A user who took part from the second day on."""
    user = make_user("anna@example.com")
    bot = make_bot(user, starting_cash=Decimal(1_000))
    trade(bot, Traded(on(0), "1", "100"), Traded(on(2), "-1", "150"))
    with db.transaction() as session:
        session.add(LeaderboardMember(user_id=user.id, handle="calm-fox-1000", joined_at=on(1)))
    return bot


def published(client):
    return client.get(PATH).get_json()["days"]


def lines(client, day):
    answer = client.get(f"{PATH}/lines?day={day}").get_json()
    return [json.loads(line) for line in answer["lines"].splitlines()]


def publish_day_by_day(at, bots):
    """As it goes while everything runs."""
    for day in range(3):
        at(day, 14)
        [refresh(bot) for bot in bots]
        at(day + 1, 7)
        leaderboard_jobs.publish()


def publish_late(at, bots):
    """As it goes after a pause."""
    at(1, 7)
    leaderboard_jobs.publish()
    at(3, 7)
    [refresh(bot) for bot in bots]
    leaderboard_jobs.publish()


def test_a_page_can_compute_the_hashes_again(client, robot, member, at):
    publish_day_by_day(at, [robot, member])
    head = "0" * 64
    for day in reversed(published(client)):
        pages = [
            client.get(f"{PATH}/lines?day={day['day']}&page={n + 1}").get_json()
            for n in range(len(day["page_hashes"]))
        ]
        hashes = [hashlib.sha256(page["lines"].encode()).hexdigest() for page in pages]
        sealed = json.dumps(
            {"day": day["day"], "entries": day["entries"], "page_hashes": hashes,
             "previous_hash": head},
            sort_keys=True, separators=(",", ":"),
        )  # fmt: skip
        assert (day["previous_hash"], day["sealed"]) == (head, sealed)
        assert hashlib.sha256(sealed.encode()).hexdigest() == day["hash"]
        head = day["hash"]
    assert [day["day"] for day in published(client)] == ["2026-03-04", "2026-03-03", "2026-03-02"]


def test_the_lines_are_the_days_figures_and_the_growth_since_the_beginning(client, robot, at):
    publish_day_by_day(at, [robot])
    found = [lines(client, f"2026-03-0{n}")[0] for n in (2, 3, 4)]
    assert found[0] == {
        "day": "2026-03-02", "mode": "paper", "kind": "robot", "name": "Demo robot",
        "plugin_id": "demo", "trade_count": 1, "win_count": 1, "loss_count": 0,
        "return_pct": "1", "max_drawdown": "0", "growth": "1.01",
    }  # fmt: skip
    assert [line["return_pct"] for line in found] == ["1", "-0.990099", "0.5"]
    assert [line["growth"] for line in found] == ["1.01", "1", "1.005"]


def test_who_takes_part_is_in_from_the_day_of_joining(client, robot, member, at):
    publish_day_by_day(at, [robot, member])
    names = [[line["name"] for line in lines(client, f"2026-03-0{n}")] for n in (2, 3, 4)]
    assert names == [
        ["Demo robot"],
        ["Demo robot", "calm-fox-1000"],
        ["Demo robot", "calm-fox-1000"],
    ]
    assert "anna" not in client.get(f"{PATH}/lines?day=2026-03-04").text


def test_who_left_is_out_from_the_day_of_leaving_and_what_was_published_stays(
    client, robot, member, at
):
    at(2, 14)
    refresh(robot), refresh(member)
    with db.transaction() as session:
        session.get_one(LeaderboardMember, member.user_id).left_at = on(2)
    publish_day_by_day(at, [])
    assert len(lines(client, "2026-03-03")) == 2
    assert len(lines(client, "2026-03-04")) == 1


def test_missed_days_are_caught_up_as_they_would_have_been(client, robot, at):
    publish_late(at, [robot])
    late = [(day["day"], day["entries"]) for day in published(client)]
    assert late == [("2026-03-04", 1), ("2026-03-03", 1), ("2026-03-02", 0)]
    assert [lines(client, f"2026-03-0{n}")[0]["growth"] for n in (3, 4)] == ["1", "1.005"]


@pytest.mark.parametrize(
    ("hour", "minute", "count"), [(5, 59, 0), (6, 1, 1)], ids=["New York still open", "over"]
)
def test_a_day_is_published_an_hour_after_it_ended_in_new_york(
    client, robot, at, hour, minute, count
):
    at(0, 14)
    refresh(robot)
    with db.transaction() as session:
        session.execute(
            text("""INSERT INTO leaderboard_days VALUES
            ('2026-03-01', 0, '[]', repeat('0', 64), repeat('a', 64), now())""")
        )
    at(1, hour, minute)
    leaderboard_jobs.publish()
    assert len(published(client)) == 1 + count


def test_publishing_twice_publishes_once(client, robot, at):
    publish_day_by_day(at, [robot])
    before = published(client)
    leaderboard_jobs.publish()
    with db.transaction() as session:
        assert leaderboard_chain.publish(session, date(2026, 3, 4), clock.now()) is None
    assert published(client) == before


def test_pages_hold_so_many_lines(client, robot, member, at, monkeypatch):
    monkeypatch.setattr(leaderboard_chain, "LINES_A_PAGE", 1)
    publish_day_by_day(at, [robot, member])
    day = published(client)[0]
    assert (day["entries"], len(day["page_hashes"])) == (2, 2)
    with db.transaction() as session:
        assert leaderboard_chain.verify(session).broken_on is None


def verified():
    with db.transaction() as session:
        return leaderboard_chain.verify(session)


TAMPERED = {
    "a figure that was published": (
        "UPDATE leaderboard_pages SET lines = replace(lines, '0.990099', '0.090099')",
        "2026-03-03", "its lines were changed",
    ),
    "the hash with it": (
        "UPDATE leaderboard_days SET entries = 9 WHERE day = '2026-03-03'",
        "2026-03-03", "its hash was changed",
    ),
    "a day that was cut out": (
        "DELETE FROM leaderboard_days WHERE day = '2026-03-03'",
        "2026-03-04", "the day before it is missing",
    ),
    "the link to the day before": (
        "UPDATE leaderboard_days SET previous_hash = repeat('b', 64) WHERE day = '2026-03-04'",
        "2026-03-04", "it does not follow the day before it",
    ),
    "the figures behind it": (
        "UPDATE user_performance_metrics SET totals = totals || '{\"trades\": 7}'"
        " WHERE date = '2026-03-03' AND period = 'daily'",
        "2026-03-03", "the figures of Demo robot were changed afterwards",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "day", "reason"), TAMPERED.values(), ids=TAMPERED)
def test_a_change_is_found(robot, at, statement, day, reason):
    publish_day_by_day(at, [robot])
    assert (verified().days, verified().broken_on) == (3, None)
    with db.transaction() as session:
        session.execute(text(statement))
    found = verified()
    assert (str(found.broken_on), found.reason) == (day, reason)


def test_a_rebuild_of_the_figures_leaves_the_chain_whole(robot, member, at):
    publish_day_by_day(at, [robot, member])
    jobs.rebuild_figures(robot.user_id, "paper")
    jobs.rebuild_figures(member.user_id, "paper")
    assert verified().broken_on is None


def test_the_command_says_whether_it_is_whole(robot, at, settings, monkeypatch, capsys):
    publish_day_by_day(at, [robot])
    monkeypatch.setattr(running, "settings", lambda _: settings)
    assert performance_verify.run(Namespace(home=None)) == 0
    with db.transaction() as session:
        session.execute(text("UPDATE leaderboard_pages SET lines = lines || ' '"))
    assert performance_verify.run(Namespace(home=None)) == 1
    whole, broken = capsys.readouterr().out.splitlines()
    assert whole.startswith("3 days, none changed or missing. The last one's hash: ")
    assert broken == ("BROKEN on 2026-03-02: its lines were changed. The days before it are whole.")


def test_a_page_that_was_not_published_is_not_there(client, robot, at):
    publish_day_by_day(at, [robot])
    paths = ["day=2026-03-09", "day=2026-03-02&page=2"]
    assert [client.get(f"{PATH}/lines?{query}").status_code for query in paths] == [404, 404]

"""Trade histories as files: streamed at once, or made by a worker and kept for a while."""

import hashlib
import json
import os
import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from tests.factories import headers_for, make_bot, make_user
from tradingrobotplug import clock, db, queues
from tradingrobotplug.models import Bot, Export, ExportChunk
from tradingrobotplug.performance.exports import history, jobs, making, service, storage

from .exporting import ask, later, made, made_live, round_trips, row_of, subscribe, table


@pytest.fixture
def trader(clean):
    user = make_user()
    subscribe(user)
    return user


@pytest.fixture
def bot(trader):
    made_bot = make_bot(trader)
    round_trips(made_bot, 10, -4, 6)
    return made_bot


def stream(app, user, bot, query=""):
    path = f"/api/bots/{bot.id}/trades/export{query}"
    return app.test_client().get(path, headers=headers_for(app, user))


def test_a_history_is_streamed_as_csv(app, trader, bot):
    answer = stream(app, trader, bot)
    rows = table(answer.data)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=bot-")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert tuple(rows[0]) == history.COLUMNS
    assert [row["pnl"] for row in rows] == ["", "10", "", "-4", "", "6"]
    assert {row["mode"] for row in rows} == {"paper"}


def test_a_history_is_streamed_as_json(app, trader, bot):
    answer = stream(app, trader, bot, "?format=json")
    body = json.loads(answer.data)
    assert answer.mimetype == "application/json"
    assert body["mode"] == "all"
    assert [row["pnl"] for row in body["trades"]] == [None, "10", None, "-4", None, "6"]
    assert [row["id"] for row in body["trades"]] == [
        r["id"] for r in table(stream(app, trader, bot).data)
    ]


@pytest.mark.parametrize("at_once", [1, 2, 4, 6, 7])
def test_chunks_of_any_size_make_the_same_file(app, trader, bot, monkeypatch, at_once):
    whole = [stream(app, trader, bot, f"?format={form}").data for form in ("csv", "json")]
    monkeypatch.setattr(history, "ROWS_AT_ONCE", at_once)
    parts = [stream(app, trader, bot, f"?format={form}").data for form in ("csv", "json")]
    assert parts == whole


def test_a_bot_that_never_traded_has_an_empty_history(app, trader):
    bot = make_bot(trader)
    assert table(stream(app, trader, bot).data) == []
    assert json.loads(stream(app, trader, bot, "?format=json").data)["trades"] == []


def test_live_and_paper_are_told_apart(app, trader, bot):
    made_live(bot)
    assert {row["mode"] for row in table(stream(app, trader, bot, "?mode=live").data)} == {"live"}
    assert table(stream(app, trader, bot, "?mode=paper").data) == []


def test_a_history_reaches_as_far_back_as_the_plan(app, clean):
    user = make_user()
    bot = make_bot(user)
    round_trips(bot, 1, 2, start=clock.now() - timedelta(days=12), apart=timedelta(days=9))
    assert [row["pnl"] for row in table(stream(app, user, bot).data)] == ["", "2"]
    day = (clock.now() - timedelta(days=12)).date()
    refused = stream(app, user, bot, f"?start_date={day}")
    assert (refused.status_code, refused.get_json()["error"]) == (403, "plan_limit_reached")
    assert refused.get_json()["details"]["next_plan"] == "low"
    wish = {"kind": "trades_csv", "start_date": day.isoformat()}
    assert ask(app, user, **wish)[0] == 403


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  ="])
def test_i1_no_cell_of_a_history_runs(app, trader, bot, start):
    name = f'{start}cmd|"/c calc"!A1'
    with db.transaction() as session:
        session.get_one(Bot, bot.id).name = name
    assert {row["bot_name"] for row in table(stream(app, trader, bot).data)} == {f"'{name}"}
    _, answer = made(app, trader, kind="trades_csv")
    assert {row["bot_name"] for row in table(answer.data)} == {f"'{name}"}


def test_a_history_of_another_user_is_not_there(app, trader, bot):
    assert stream(app, make_user("other@example.com"), bot).status_code == 404


@pytest.mark.parametrize("kind", ["trades_csv", "trades_json"])
def test_a_worker_makes_what_would_be_streamed(app, trader, bot, kind):
    shown, answer = made(app, trader, kind=kind, bot_id=str(bot.id))
    form = kind.removeprefix("trades_")
    assert answer.data == stream(app, trader, bot, f"?format={form}").data
    assert (shown["state"], shown["progress"], shown["summary"]) == ("done", 100, {"rows": 6})
    assert shown["size"] == len(answer.data) == int(answer.headers["Content-Length"])
    assert shown["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert shown["file_name"] in answer.headers["Content-Disposition"]


def test_a_file_of_everything_holds_every_bot_deleted_ones_too(app, trader, bot):
    gone = make_bot(trader, name="Gone", deleted_at=clock.now())
    round_trips(gone, 3)
    round_trips(make_bot(make_user("other@example.com"), name="Theirs"), 5)
    _, answer = made(app, trader, kind="trades_csv")
    assert {row["bot_name"] for row in table(answer.data)} == {"Bot", "Gone"}


def test_a_file_that_is_not_ready_is_said_to_be_so(app, trader, bot):
    _, asked = ask(app, trader, kind="trades_csv")
    headers, path = headers_for(app, trader), f"/api/exports/{asked['export']['id']}"
    answers = [
        app.test_client().get(f"{path}/download", headers=headers),
        app.test_client().post(f"{path}/link", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].get_json()["details"] == {"state": "queued", "progress": 0}


def test_a_foreign_file_is_not_there(app, trader, bot):
    shown, _ = made(app, trader, kind="trades_csv")
    headers, client = headers_for(app, make_user("other@example.com")), app.test_client()
    path = f"/api/exports/{shown['id']}"
    answers = [
        client.get(path, headers=headers),
        client.get(f"{path}/download", headers=headers),
        client.post(f"{path}/link", headers=headers),
        client.delete(path, headers=headers),
        client.get(f"{path}/download"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 404, 401]
    assert client.get("/api/exports", headers=headers).get_json()["exports"] == []
    assert row_of(shown["id"]) is not None


def test_a_foreign_bot_makes_no_file(app, trader, bot):
    other = make_user("other@example.com")
    status, answer = ask(app, other, kind="trades_csv", bot_id=str(bot.id))
    assert (status, list(answer["details"]["fields"])) == (422, ["bot_id"])


def test_a_link_is_good_for_one_download_within_a_minute(app, trader, bot, monkeypatch):
    shown, answer = made(app, trader, kind="trades_csv")
    client, headers = app.test_client(), headers_for(app, trader)
    link = lambda: client.post(f"/api/exports/{shown['id']}/link", headers=headers).get_json()  # noqa: E731
    path = link()["url"].partition("/api/")[2]
    assert client.get(f"/api/{path}").data == answer.data
    assert client.get(f"/api/{path}").status_code == 404
    path = link()["url"].partition("/api/")[2]
    later(monkeypatch, seconds=61)
    assert client.get(f"/api/{path}").status_code == 404


def test_of_two_links_the_newer_is_good(app, trader, bot):
    shown, _ = made(app, trader, kind="trades_csv")
    client, headers = app.test_client(), headers_for(app, trader)
    paths = [
        client.post(f"/api/exports/{shown['id']}/link", headers=headers)
        .get_json()["url"].partition("/api/")[2]
        for _ in range(2)
    ]  # fmt: skip
    assert [client.get(f"/api/{path}").status_code for path in paths] == [404, 200]


def test_a_file_goes_when_it_is_deleted_or_expires(app, trader, bot, monkeypatch):
    first, _ = made(app, trader, kind="trades_csv")
    second, _ = made(app, trader, kind="trades_csv")
    headers = headers_for(app, trader)
    assert (
        app.test_client().delete(f"/api/exports/{first['id']}", headers=headers).status_code == 204
    )
    assert (row_of(first["id"]), row_of(second["id"]).state) == (None, "done")
    later(monkeypatch, days=7, seconds=1)
    jobs.prune()
    with db.transaction() as session:
        left = [session.scalar(select(func.count()).select_from(t)) for t in (Export, ExportChunk)]
    assert left == [0, 0]


def test_three_at_a_time_and_twenty_are_kept(app, trader, bot, monkeypatch):
    statuses = [ask(app, trader, kind="trades_csv")[0] for _ in range(4)]
    assert statuses == [202, 202, 202, 409]
    monkeypatch.setattr(service, "MOST_OPEN", 99)
    monkeypatch.setattr(service, "MOST_KEPT", 4)
    assert [ask(app, trader, kind="trades_csv")[0] for _ in range(2)] == [202, 409]


def test_making_a_file_twice_is_harmless(app, trader, bot):
    shown, answer = made(app, trader, kind="trades_csv")
    jobs.make(shown["id"])
    kept = row_of(shown["id"])
    assert (kept.attempts, kept.sha256) == (1, hashlib.sha256(answer.data).hexdigest())


def cut_off(monkeypatch, at_row):
    """From now on reading fails after so many rows."""
    read = history.chunks

    def broken(*given):
        for n, batch in enumerate(read(*given)):
            if n == at_row:
                raise RuntimeError("gone")
            yield batch

    monkeypatch.setattr(history, "chunks", broken)
    return lambda: monkeypatch.setattr(history, "chunks", read)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(history, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(jobs, "_CHUNK_BYTES", 100)


def test_a_file_that_fails_is_tried_again_and_given_up_after_the_third_time(
    app, trader, bot, monkeypatch, small_chunks
):
    _, asked = ask(app, trader, kind="trades_csv")
    cut_off(monkeypatch, 4)
    states = []
    for _ in range(4):
        jobs.make(asked["export"]["id"])
        states.append((row_of(asked["export"]["id"]).state, row_of(asked["export"]["id"]).attempts))
    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert row_of(asked["export"]["id"]).reason == "gave_up"


def test_what_failed_half_way_leaves_nothing_in_the_file(
    app, trader, bot, monkeypatch, small_chunks
):
    _, asked = ask(app, trader, kind="trades_csv")
    mend = cut_off(monkeypatch, 4)
    jobs.make(asked["export"]["id"])
    mend()
    jobs.make(asked["export"]["id"])
    answer = app.test_client().get(
        f"/api/exports/{asked['export']['id']}/download", headers=headers_for(app, trader)
    )
    assert answer.data == stream(app, trader, bot).data
    with db.transaction() as session:
        assert set(session.scalars(select(ExportChunk.attempt))) == {2}


def test_a_lost_ring_is_rung_again(app, trader, bot, monkeypatch):
    rung = []
    monkeypatch.setattr(queues, "enqueue", lambda *_: False)
    _, asked = ask(app, trader, kind="trades_csv")
    monkeypatch.setattr(queues, "enqueue_all", lambda job, calls: rung.append((job, calls)))
    jobs.sweep()
    later(monkeypatch, seconds=61)
    jobs.sweep()
    jobs.sweep()
    ring = (queues.MAKE_EXPORT, [(asked["export"]["id"],)])
    assert rung == [(queues.MAKE_EXPORT, []), ring, (queues.MAKE_EXPORT, [])]


def begun_by_a_child(export_id):
    """A process that is making the file and has got as far as a few chunks."""
    child = os.fork()
    if child == 0:
        db.dispose(close=False)
        trades = making.history.chunks
        making.history.chunks = lambda *given: (time.sleep(0.2) or b for b in trades(*given))
        jobs.make(export_id)
        os._exit(0)
    deadline = time.monotonic() + 10
    while not chunks_of(export_id) and time.monotonic() < deadline:
        time.sleep(0.02)
    return child


def chunks_of(export_id):
    with db.transaction() as session:
        query = select(func.count()).select_from(ExportChunk)
        return session.scalar(query.where(ExportChunk.export_id == export_id))


def test_a_killed_workers_file_is_made_by_the_next(app, trader, bot, monkeypatch, small_chunks):
    _, asked = ask(app, trader, kind="trades_csv")
    export_id = asked["export"]["id"]
    child = begun_by_a_child(export_id)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert (row_of(export_id).state, chunks_of(export_id) > 0) == ("running", True)
    jobs.make(export_id)
    assert row_of(export_id).state == "running"  # it might be slow and not dead
    later(monkeypatch, seconds=61)
    jobs.sweep()
    jobs.make(export_id)
    answer = app.test_client().get(
        f"/api/exports/{export_id}/download", headers=headers_for(app, trader)
    )
    assert answer.data == stream(app, trader, bot).data
    assert row_of(export_id).attempts == 2


def test_a_slow_worker_writes_nothing_into_its_successors_file(app, trader, bot, monkeypatch):
    _, asked = ask(app, trader, kind="trades_csv")
    with db.transaction() as session:
        slow = storage.claim(session, row_of(asked["export"]["id"]).id, clock.now())
    later(monkeypatch, seconds=61)
    jobs.sweep()
    with db.transaction() as session:
        successor = storage.claim(session, slow.id, clock.now())
    with db.transaction() as session:
        assert storage.append(session, slow, 0, b"late", 50, clock.now()) is False
        assert storage.finish(session, slow, 4, "0" * 64, {}, clock.now()) is False
        assert storage.append(session, successor, 0, b"good", 50, clock.now()) is True
    assert (row_of(slow.id).state, chunks_of(slow.id)) == ("running", 1)


def test_a_file_that_is_deleted_while_it_is_made_is_given_up(app, trader, bot, monkeypatch):
    _, asked = ask(app, trader, kind="trades_csv")
    forms = making.FORMS[making.Kind.TRADES_CSV]

    def pieces(order, transactions):
        with transactions() as session:
            session.execute(delete(Export))
        yield from forms.pieces(order, transactions)

    monkeypatch.setitem(making.FORMS, "trades_csv", making.Form("t", "text/csv", pieces))
    jobs.make(asked["export"]["id"])
    assert (row_of(asked["export"]["id"]), chunks_of(asked["export"]["id"])) == (None, 0)


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "trades_csv", "year": 2025},
        {"kind": "report_pdf", "tax_method": "lifo"},
        {"kind": "tax_csv", "start_date": "2025-01-01"},
        {"kind": "tax_csv", "year": 1999},
        {"kind": "tax_csv", "year": 2999},
        {"kind": "trades_csv", "start_date": "2025-02-01", "end_date": "2025-01-01"},
        {"kind": "everything"},
        {"kind": "trades_csv", "mode": "backtest"},
    ],
)
def test_what_makes_no_sense_is_refused(app, trader, wish):
    assert ask(app, trader, **wish)[0] == 422

"""Mails go out through a real SMTP server: once, later if need be, encrypted or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from tests.mailbox import mails
from tests.notify.certificates import self_signed
from tradingrobotplug import clock, db, queues
from tradingrobotplug.config import Settings
from tradingrobotplug.notify import jobs, outbox
from tradingrobotplug.notify.letter import Letter
from tradingrobotplug.rq_workers import GeneralWorker

from .conftest import Server

LETTER = Letter("verify", "Confirm", ("Please.",), "Yes", "https://x.example/?token=secret")
Connect = Callable[[str], None]


def write(to: str = "trader@example.com", age: timedelta = timedelta()) -> str:
    with db.transaction() as session:
        return str(outbox.put(session, LETTER, to, clock.now() - age, name="Trader").id)


def received(server: Server) -> EmailMessage:
    message = message_from_bytes(server.envelopes[-1].content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def rung() -> list[str]:
    queue = Queue(queues.GENERAL, connection=queues.redis(), serializer=JSONSerializer)
    return [job.func_name for job in queue.jobs]


def later(monkeypatch: pytest.MonkeyPatch, wait: timedelta) -> None:
    moment = clock.now() + wait
    monkeypatch.setattr("tradingrobotplug.clock.now", lambda: moment)


def test_a_mail_arrives_as_text_and_html_and_its_link_is_not_kept(server: Server) -> None:
    mail_id = write()
    jobs.send(mail_id)
    message = received(server)
    assert (message["From"], message["To"]) == ("robots@example.com", "trader@example.com")
    parts = [part.get_content_type() for part in message.iter_parts()]
    assert parts == ["text/plain", "text/html"]
    assert all("token=secret" in part.get_content() for part in message.iter_parts())
    assert mail_id in message["Message-ID"]
    [mail] = mails()
    assert (mail.text, mail.html, mail.attempts, mail.sent_at is None) == ("", "", 1, False)


def test_a_worker_is_rung_by_the_commit_and_not_before(server: Server) -> None:
    with db.transaction() as session:
        outbox.put(session, LETTER, "a@example.com", clock.now())
        session.flush()
        assert rung() == []
    assert rung() == [queues.SEND_MAIL[1]]


def test_what_is_rolled_back_is_neither_written_nor_rung_for(server: Server) -> None:
    with db.transaction() as session:
        outbox.put(session, LETTER, "a@example.com", clock.now())
        session.flush()
        session.rollback()
    assert (mails(), rung()) == ([], [])


def test_a_job_carries_the_id_alone(server: Server) -> None:
    mail_id = write()
    queue = Queue(queues.GENERAL, connection=queues.redis(), serializer=JSONSerializer)
    assert [job.args for job in queue.jobs] == [[mail_id]]


def test_a_general_worker_sends_what_it_was_rung_for(settings: Settings, server: Server) -> None:
    write()
    db.dispose()
    client = Redis.from_url(settings.redis_url)
    queue = Queue(queues.GENERAL, connection=client, serializer=JSONSerializer)
    worker = GeneralWorker([queue.name], connection=client, serializer=JSONSerializer, name="tried")
    worker.work(burst=True)
    assert (len(server.envelopes), mails()[0].sent_at is None) == (1, False)


def test_of_workers_that_send_at_once_one_sends(server: Server) -> None:
    mail_id = write()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: jobs.send(mail_id), range(6)))
    assert len(server.envelopes) == 1


def test_what_the_server_refuses_for_now_is_sent_later(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.refusals = ["451 Try again later"]
    write()
    jobs.send_due()
    [mail] = mails()
    assert (mail.sent_at, mail.attempts) == (None, 1)
    assert mail.last_error is not None
    assert "Try again later" in mail.last_error
    jobs.send_due()
    assert server.envelopes == []
    later(monkeypatch, timedelta(seconds=91))
    jobs.send_due()
    assert len(server.envelopes) == 1


def test_waits_grow_up_to_an_hour(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.refusals = ["451 No"] * 8
    mail_id, waits = write(), []
    for _ in range(8):
        jobs.send(mail_id)
        wait = mails()[0].next_attempt_at - clock.now()
        waits.append(round(wait.total_seconds() / 90))
        later(monkeypatch, wait + timedelta(seconds=1))
    assert waits == [1, 2, 4, 8, 16, 32, 40, 40]


def test_a_mail_of_yesterday_is_given_up(server: Server) -> None:
    jobs.send(write(age=timedelta(hours=24, seconds=1)))
    jobs.send_due()
    assert server.envelopes == []


def test_the_sweep_rings_for_what_is_due_and_for_nothing_else(server: Server) -> None:
    write()
    queues.redis().flushall()
    jobs.sweep()
    jobs.send_due()
    jobs.sweep()
    assert rung() == [queues.SEND_DUE_MAILS[1]]


def test_a_worker_that_died_while_sending_loses_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = write()
    with db.transaction() as session:
        assert outbox.claim(session, mails()[0].id, clock.now())
    jobs.send(mail_id)
    assert server.envelopes == []
    later(monkeypatch, timedelta(seconds=91))
    jobs.send_due()
    assert len(server.envelopes) == 1


def test_a_dead_server_is_noted_without_the_password(connected: Connect) -> None:
    connected("smtp://user:hush@127.0.0.1:1")
    jobs.send(write())
    error = mails()[0].last_error
    assert error is not None
    assert ("ConnectionRefusedError" in error, "hush" in error) == (True, False)


def test_without_a_server_mails_stay_readable_in_the_mailbox(connected: Connect) -> None:
    connected("")
    jobs.send(write())
    jobs.sweep()
    assert ("token=secret" in mails()[0].text, mails()[0].sent_at, rung()) == (True, None, [])


def test_the_password_may_hold_any_character(
    start: Callable[..., Server], connected: Connect
) -> None:
    server = start()
    connected(f"smtp://me%40example.com:p%2F%3A%40ss@127.0.0.1:{server.port}")
    jobs.send(write())
    assert server.logins == [(b"me@example.com", b"p/:@ss")]


def test_a_server_elsewhere_that_offers_no_encryption_gets_no_mail(
    start: Callable[..., Server], connected: Connect
) -> None:
    server = start("127.0.0.2")
    connected(f"smtp://127.0.0.2:{server.port}")
    jobs.send(write())
    assert server.envelopes == []
    assert "STARTTLS" in (mails()[0].last_error or "")


def test_a_server_with_a_certificate_nobody_vouches_for_gets_no_mail(
    start: Callable[..., Server], connected: Connect, tmp_path: Path
) -> None:
    server = start(tls=self_signed(tmp_path))
    connected(f"smtps://127.0.0.1:{server.port}")
    jobs.send(write())
    assert server.envelopes == []
    assert "CERTIFICATE_VERIFY_FAILED" in (mails()[0].last_error or "")


def test_mails_are_forgotten_after_thirty_days(connected: Connect) -> None:
    connected("")
    write("old@example.com", timedelta(days=30, seconds=1))
    write("new@example.com", timedelta(days=29))
    jobs.prune()
    assert [mail.recipient for mail in mails()] == ["new@example.com"]

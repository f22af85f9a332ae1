"""Sending what is in the outbox. The database is not held while the mail server is talked to."""

import logging
import time
import uuid

from .. import clock, logs, queues
from ..db import transaction
from . import outbox, post

_AT_ONCE = 100
_ENOUGH_SECONDS = 30  # a job ends well before its time limit; the next sweep sends the rest


def send(mail_id: str) -> None:
    """Send one mail, unless it is sent, not due, or there is no server."""
    if not post.has_server():
        return
    with transaction() as session:
        mail = outbox.claim(session, uuid.UUID(mail_id), clock.now())
    if mail is None:
        return
    error = None
    try:
        post.deliver(mail)
    except (OSError, ValueError) as trouble:
        error = f"{type(trouble).__name__}: {trouble}"
        logs.event("mail.failed", level=logging.WARNING, mail_id=mail.id, attempts=mail.attempts)
    with transaction() as session:
        outbox.conclude(session, mail.id, error, clock.now())


def send_due() -> None:
    """Send all that is due, one after the other."""
    started = time.monotonic()
    with transaction() as session:
        waiting = outbox.due(session, clock.now(), _AT_ONCE)
    for mail_id in waiting:
        if time.monotonic() - started > _ENOUGH_SECONDS:
            return
        send(str(mail_id))


def sweep() -> None:
    """Ring for mails whose ring was lost or whose next attempt is due. Run by the scheduler."""
    if not post.has_server():
        return
    with transaction() as session:
        is_any_due = bool(outbox.due(session, clock.now(), 1))
    if is_any_due:
        queues.enqueue(queues.SEND_DUE_MAILS)


def prune() -> None:
    """Forget old mails. Run hourly."""
    with transaction() as session:
        outbox.prune(session, clock.now())

"""Sending what is in the outboxes. The database is not held while somebody outside is talked to."""

import logging
import time
import uuid
from collections.abc import Callable, Sequence

from .. import clock, logs, queues
from ..db import transaction
from . import channels, delivery, outbox, post

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
    """Send all mails that are due, one after the other."""
    with transaction() as session:
        waiting = outbox.due(session, clock.now(), _AT_ONCE)
    _one_by_one(send, waiting)


def deliver(notification_id: str) -> None:
    """Send one notification with all that is due beside it; nothing if another worker did."""
    now = clock.now()
    with transaction() as session:
        batch = delivery.claim(session, uuid.UUID(notification_id), now)
        if batch is not None and batch.channel is None:
            delivery.put_in_a_letter(session, batch, now)
    if batch is None or batch.channel is None:
        return
    outcome = channels.hand_over(batch.channel, batch.message, now)
    level = logging.INFO if outcome.word == "taken" else logging.WARNING
    facts = {"channel_id": batch.channel.id, "count": len(batch.ids), "kind": batch.message.kind}
    logs.event(f"notification.{outcome.word}", level=level, **facts)
    with transaction() as session:
        delivery.conclude(session, batch, outcome, clock.now())


def deliver_due() -> None:
    """Send all notifications that are due, one after the other."""
    with transaction() as session:
        waiting = delivery.due(session, clock.now(), _AT_ONCE)
    _one_by_one(deliver, waiting)


def sweep() -> None:
    """Ring for what had its ring lost or is due again. Run by the scheduler."""
    now = clock.now()
    with transaction() as session:
        has_mail = post.has_server() and bool(outbox.due(session, now, 1))
        has_notification = bool(delivery.due(session, now, 1))
    if has_mail:
        queues.enqueue(queues.SEND_DUE_MAILS)
    if has_notification:
        queues.enqueue(queues.NOTIFY_DUE)


def prune() -> None:
    """Forget old mails and notifications. Run hourly."""
    with transaction() as session:
        outbox.prune(session, clock.now())
        delivery.prune(session, clock.now())


def _one_by_one(carry_out: Callable[[str], None], waiting: Sequence[uuid.UUID]) -> None:
    started = time.monotonic()
    for row_id in waiting:
        if time.monotonic() - started > _ENOUGH_SECONDS:
            return
        with logs.apart("delivery.failed", id=row_id):
            carry_out(str(row_id))

"""Mails as rows: put down with what causes them, claimed to be sent, tried again if need be."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session

from .. import logs, queues
from ..db import new_id
from ..errors import Invalid
from ..models import Mail
from . import post
from .letter import Letter, as_html, as_text, one_line

GIVE_UP_AFTER = timedelta(hours=24)  # the links in older mails no longer work anyway
KEPT_FOR = timedelta(days=30)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=90), timedelta(hours=1)


def put(
    session: Session,
    letter: Letter,
    to: str,
    now: datetime,
    *,
    user_id: uuid.UUID | None = None,
    name: str = "",
    reply_to: str | None = None,
) -> Mail:
    """Add a mail to the outbox; a worker is rung once the transaction has been committed.

    Invalid `address_not_usable` for an address that could not stand in a header.
    """
    if not is_usable(to) or (reply_to is not None and not is_usable(reply_to)):
        raise Invalid("address_not_usable", "Mail can't be sent to this address.")
    mail = Mail(
        id=new_id(),
        user_id=user_id,
        recipient=to,
        reply_to=reply_to,
        kind=letter.kind,
        subject=one_line(letter.subject),
        text=as_text(letter, name, post.public_url()),
        html=as_html(letter, name, post.public_url()),
        created_at=now,
        next_attempt_at=now,
        attempts=0,
    )
    session.add(mail)
    if post.has_server():
        event.listen(
            session, "after_commit", lambda _: queues.enqueue(queues.SEND_MAIL, str(mail.id))
        )
    return mail


def is_usable(address: str) -> bool:
    """One address that no header or envelope can misread."""
    return address.isprintable() and not set(address) & set(' ",;:<>()[]\\') and "@" in address


def sent_since(session: Session, user_id: uuid.UUID, kind: str, since: datetime) -> int:
    """How many mails of a kind a user was written since then."""
    query = select(func.count()).where(
        Mail.user_id == user_id, Mail.kind == kind, Mail.created_at > since
    )
    return session.scalar(query) or 0


def due(session: Session, now: datetime, limit: int) -> list[uuid.UUID]:
    """What is to be sent now, the oldest first."""
    query = select(Mail.id).where(
        Mail.sent_at.is_(None),
        Mail.next_attempt_at <= now,
        Mail.created_at > now - GIVE_UP_AFTER,
    )
    return list(session.scalars(query.order_by(Mail.next_attempt_at).limit(limit)))


def claim(session: Session, mail_id: uuid.UUID, now: datetime) -> Mail | None:
    """Take a due mail; None if it is sent, too old, or another worker's.

    The time of the next attempt is set beforehand, so that a worker that dies while sending loses
    nothing, and of two workers one sends.
    """
    mail = session.scalar(
        select(Mail)
        .where(Mail.id == mail_id, Mail.sent_at.is_(None), Mail.next_attempt_at <= now)
        .where(Mail.created_at > now - GIVE_UP_AFTER)
        .with_for_update(skip_locked=True)
    )
    if mail is None:
        return None
    mail.next_attempt_at = now + min(_FIRST_WAIT * 2 ** min(mail.attempts, 10), _LONGEST_WAIT)
    mail.attempts += 1
    return mail


def conclude(session: Session, mail_id: uuid.UUID, error: str | None, now: datetime) -> None:
    """Note that the server took the mail, or why it did not."""
    row = update(Mail).where(Mail.id == mail_id)
    if error is None:
        session.execute(row.values(sent_at=now, text="", html="", last_error=None))
    else:
        session.execute(row.values(last_error=logs.redact(error)[:500]))


def latest(session: Session, limit: int, to: str | None = None) -> Sequence[Mail]:
    """The newest mails, of everybody or to one address."""
    query = select(Mail).order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit)
    return session.scalars(query.where(Mail.recipient == to) if to else query).all()


def prune(session: Session, now: datetime) -> None:
    """Delete what is older than 30 days."""
    session.execute(delete(Mail).where(Mail.created_at < now - KEPT_FOR))

"""Questions about plans: kept first, then mailed to the operator until a server has taken them."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from ..accounts.service import normalise_email
from ..errors import TooMany
from ..models import Enquiry, Mail
from ..notify import outbox, post
from ..notify.letter import Letter
from ..plans import catalogue

MOST_PER_HOUR = 3
KEPT_FOR = timedelta(days=365)
_HOUR = timedelta(hours=1)


def take(
    session: Session, given: Mapping[str, str], user_id: uuid.UUID | None, now: datetime
) -> Enquiry:
    """Keep a question about a plan, and write to the operator if an address for it is set.

    TooMany `too_many_enquiries` for the fourth in an hour with one address to answer to.
    """
    email = normalise_email(given["email"])
    _refuse_flood(session, email, now)
    row = Enquiry(
        user_id=user_id,
        plan_id=given["plan"],
        name=given["name"].strip(),
        email=email,
        message=given["message"].strip(),
        created_at=now,
    )
    session.add(row)
    if post.sales_address():
        _write(session, row, now)
    return row


def pass_on(session: Session, now: datetime, limit: int) -> None:
    """Note which enquiries a server has taken, and write those again whose mail was given up, or
    never written for want of an address."""
    taken = select(Mail.sent_at).where(Mail.id == Enquiry.mail_id, Mail.sent_at.is_not(None))
    session.execute(
        update(Enquiry)
        .where(Enquiry.mailed_at.is_(None), taken.exists())
        .values(mailed_at=taken.scalar_subquery())
    )
    if not (post.sales_address() and post.has_server()):
        return
    for row in session.scalars(_unheard(now).limit(limit)):
        _write(session, row, now)


def newest_first() -> Select[Enquiry]:
    """The query for all enquiries."""
    return select(Enquiry).order_by(Enquiry.created_at.desc(), Enquiry.id.desc())


def prune(session: Session, now: datetime) -> None:
    """Forget those that were mailed a year ago."""
    session.execute(delete(Enquiry).where(Enquiry.mailed_at < now - KEPT_FOR))


def _refuse_flood(session: Session, email: str, now: datetime) -> None:
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:email, 7267))")
    session.execute(lock, {"email": email})
    recent = select(func.count(), func.min(Enquiry.created_at)).where(
        Enquiry.email == email, Enquiry.created_at > now - _HOUR
    )
    count, first = session.execute(recent).one()
    if count < MOST_PER_HOUR:
        return
    raise TooMany(
        "too_many_enquiries",
        "You have written several times within an hour. What you wrote has arrived.",
        {"retry_after_seconds": int((first + _HOUR - now).total_seconds()) + 1},
    )


def _unheard(now: datetime) -> Select[Enquiry]:
    """Not mailed, and no mail is under way; the oldest first, each for one worker."""
    given_up = Mail.created_at <= now - outbox.GIVE_UP_AFTER
    return (
        select(Enquiry)
        .outerjoin(Mail, Mail.id == Enquiry.mail_id)
        .where(Enquiry.mailed_at.is_(None), or_(Mail.id.is_(None), given_up))
        .order_by(Enquiry.created_at)
        .with_for_update(of=Enquiry, skip_locked=True)
    )


def _write(session: Session, row: Enquiry, now: datetime) -> None:
    mail = outbox.put(session, _letter(row), post.sales_address(), now, reply_to=row.email)
    session.flush()
    row.mail_id = mail.id


def _letter(row: Enquiry) -> Letter:
    title = catalogue.plan_for(row.plan_id).title
    who = "A user of the service" if row.user_id else "A visitor"
    return Letter(
        kind="enquiry",
        subject=f"Enquiry about {title} from {row.name}",
        paragraphs=(
            f"{who}, {row.name} ({row.email}), asks about the plan {title}:",
            *(line for line in row.message.splitlines() if line.strip()),
        ),
        closing=(
            "An answer to this mail goes to that address, which nobody has verified. All enquiries "
            "are listed for administrators at /api/admin/enquiries.",
        ),
    )

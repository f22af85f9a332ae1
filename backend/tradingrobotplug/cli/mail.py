"""`trp mail`: what is in the outbox; without a mail server, the mailbox."""

import argparse
import uuid

from .. import db
from ..models import Mail
from ..notify import outbox
from . import running
from .problem import Problem

_AT_MOST = 50


def run(given: argparse.Namespace) -> int:
    """List the latest mails, or show one."""
    db.connect(running.settings(given.home).database_url)
    if given.show:
        print(_shown(_found(given.show)))
        return 0
    to = given.to.strip().lower() if given.to else None
    with db.transaction() as session:
        mails = outbox.latest(session, _AT_MOST, to)
    for mail in mails:
        at = f"{mail.created_at:%Y-%m-%d %H:%M:%S}"
        print(f"{mail.id}  {at}  {_state(mail):<8}  {mail.recipient}  {mail.subject}")
    return 0


def _found(name: str) -> Mail:
    try:
        mail_id = uuid.UUID(name)
    except ValueError as error:
        raise Problem(f"{name!r} is no mail's id: `trp mail` lists them.") from error
    with db.transaction() as session:
        mail = session.get(Mail, mail_id)
    if mail is None:
        raise Problem(f"There is no mail {mail_id}: `trp mail` lists them.")
    return mail


def _state(mail: Mail) -> str:
    if mail.sent_at:
        return "sent"
    return f"failed {mail.attempts}×" if mail.last_error else "waiting"


def _shown(mail: Mail) -> str:
    lines = [
        f"To: {mail.recipient}",
        f"Subject: {mail.subject}",
        f"Written: {mail.created_at.isoformat(timespec='seconds')}",
        f"State: {_state(mail)}",
    ]
    if mail.last_error:
        lines.append(f"Last error: {mail.last_error}")
    body = mail.text or "(The text was removed when the mail was sent.)"
    return "\n".join([*lines, "", body])

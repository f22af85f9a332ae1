"""What was mailed, and the links in it."""

import re

from sqlalchemy import select

from tradingrobotplug import db
from tradingrobotplug.models import Mail


def mails(kind: str | None = None) -> list[Mail]:
    """The outbox, oldest first."""
    query = select(Mail).order_by(Mail.created_at, Mail.id)
    with db.transaction() as session:
        found = session.scalars(query.where(Mail.kind == kind) if kind else query)
        return list(found)


def link(kind: str) -> str:
    """The link in the latest mail of this kind."""
    found = re.findall(r"https?://\S+\?token=\S+", mails(kind)[-1].text)
    assert len(found) == 1
    return str(found[0])


def token(kind: str) -> str:
    return link(kind).partition("?token=")[2]

"""Who may open a connection, and whether it may stay open."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ..accounts import api_keys
from ..config import Settings
from ..db import transaction
from ..models import Site
from ..web.auth import session_holds
from . import tickets
from .tickets import Holder


class Refused(Exception):
    """The connection is not opened; with the HTTP status that says so."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


def let_in(settings: Settings, query: str, origin: str | None, now: datetime) -> Holder:
    """Whose connection this is; its ticket is used up. Refused: 401 without a valid ticket, 403
    from a page of an unknown origin, 503 without Redis or the database."""
    try:
        if origin is not None and origin not in _origins(settings):
            raise Refused(HTTPStatus.FORBIDDEN)
        holder = tickets.redeem(parse_qs(query).get("ticket", [""])[0])
        if holder is None or not holds(settings, holder, now):
            raise Refused(HTTPStatus.UNAUTHORIZED)
    except (RedisError, SQLAlchemyError) as error:
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from error
    return holder


def holds(settings: Settings, holder: Holder, now: datetime) -> bool:
    """Whether the session or the API key behind the ticket is still good."""
    if holder.session_id is not None:
        return session_holds(holder.session_id, holder.user_id, settings, now)
    return holder.key_id is not None and api_keys.still_reads(holder.key_id, now)


def _origins(settings: Settings) -> set[str]:
    """Those that may read the API from a browser, and the connected sites."""
    with transaction() as session:
        urls = session.scalars(select(Site.url).where(Site.revoked_at.is_(None))).all()
    return {*filter(None, settings.cors_origins.split(",")), *map(_origin_of, urls)}


def _origin_of(url: str) -> str:
    parts = urlsplit(url.lower())
    return f"{parts.scheme}://{parts.netloc}"

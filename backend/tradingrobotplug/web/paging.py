"""One page of a list, and how many there are in all."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")


def page_of(session: Session, query: Select[T], page: int, limit: int) -> tuple[Sequence[T], int]:
    """The rows of this page (counted from 1) of an ordered query of one entity, and the total."""
    rows = session.scalars(query.limit(limit).offset((page - 1) * limit)).all()
    return rows, total_of(session, query)


def total_of(session: Session, query: Select[T]) -> int:
    """How many rows a query has."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return session.scalar(counted) or 0

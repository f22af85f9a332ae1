"""How Alpaca says no: a status, a code of its own, a text, and sometimes the numbers behind it."""

from decimal import Decimal
from typing import Any


class Refusal(Exception):
    """Answered as {"code", "message", …} with the status."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, **more}


def invalid(message: str, **more: Any) -> Refusal:
    """422: the order makes no sense by itself."""
    return Refusal(422, 42210000, message, **more)


def unread(message: str) -> Refusal:
    """422: a field can't be read, or an id is used already."""
    return Refusal(422, 40010001, message)


def forbidden(message: str, **more: Any) -> Refusal:
    """403: the account can't place this order now."""
    return Refusal(403, 40310000, message, **more)


def missing(message: str) -> Refusal:
    """404: there is no such thing."""
    return Refusal(404, 40410000, message)


def text(value: Decimal) -> str:
    """A number as Alpaca writes it: plain, without trailing zeros."""
    short = format(value, "f")
    return short.rstrip("0").rstrip(".") if "." in short else short

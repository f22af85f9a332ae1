"""Every failure leaves as {"error", "message", "details", "request_id"}; only here are statuses."""

import logging
import uuid

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from .. import logs
from ..errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    ServiceError,
    TooMany,
    Unauthenticated,
    Unavailable,
)

_STATUS: dict[type[ServiceError], int] = {
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
}


def failure(
    status: int, code: str, message: str, details: dict[str, object] | None = None
) -> ResponseReturnValue:
    """The one JSON shape of a refusal."""
    body = {
        "error": code,
        "message": message,
        "details": details or {},
        "request_id": request_id(),
    }
    return body, status


def request_id() -> str:
    """This request's id, made on first use; also sent as X-Request-Id."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex[:16]
    return str(g.request_id)


def register(app: Flask) -> None:
    """Install the handlers that turn exceptions into answers."""
    app.register_error_handler(ServiceError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(Exception, _unexpected)


def _refused(error: ServiceError) -> ResponseReturnValue:
    return failure(_STATUS[type(error)], error.code, error.message, error.details)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    # webargs hangs the field messages on the exception it aborts with.
    fields = getattr(error, "data", None)
    if status == 422 and isinstance(fields, dict):
        details = {"fields": fields.get("messages", {})}
        return failure(422, "invalid_input", "Some fields are missing or not valid.", details)
    code = error.name.lower().replace(" ", "_").replace("'", "")
    return failure(status, code, str(error.description or error.name))


def _database_away(error: Exception) -> ResponseReturnValue:
    logs.event("database.unavailable", level=logging.ERROR, error=type(error).__name__)
    return failure(503, "unavailable", "The service is briefly unavailable. Please try again.")


def _unexpected(error: Exception) -> ResponseReturnValue:
    logging.getLogger("trp").exception(
        "request.failed", extra={"fields": {"path": request.path, "request_id": request_id()}}
    )
    return failure(500, "internal_error", "Something went wrong here. It has been recorded.")

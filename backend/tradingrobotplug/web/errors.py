"""Every failure leaves as {"error", "message", "details", "request_id"}; only here are statuses."""

import logging

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

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
from .request_ids import id_of

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
) -> Response:
    """The one JSON shape of a refusal; `retry_after_seconds` in details also becomes a header."""
    response = jsonify(
        error=code, message=message, details=details or {}, request_id=id_of(request.environ)
    )
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if details and "retry_after_seconds" in details:
        response.headers["Retry-After"] = str(details["retry_after_seconds"])
    return response


def register(app: Flask) -> None:
    """Install the handlers that turn exceptions into answers."""
    app.register_error_handler(ServiceError, refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(Exception, _unexpected)


def refused(error: ServiceError) -> ResponseReturnValue:
    """The answer to a refusal."""
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    return failure(status, error.code, error.message, error.details)


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    # webargs hangs the field messages on the exception it aborts with.
    fields = getattr(error, "data", None)
    if status == 422 and isinstance(fields, dict):
        messages = fields.get("messages", {})
        details = {"fields": messages.get("json", messages) if messages else {}}
        return failure(422, "invalid_input", "Some fields are missing or not valid.", details)
    code = error.name.lower().replace(" ", "_").replace("'", "")
    response = failure(status, code, str(error.description or error.name))
    for name, value in error.get_headers(request.environ):
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value  # Allow of a 405, for one
    return response


def _database_away(error: Exception) -> ResponseReturnValue:
    logs.event("database.unavailable", level=logging.ERROR, error=type(error).__name__)
    return failure(503, "unavailable", "The service is briefly unavailable. Please try again.")


def _unstorable(error: Exception) -> ResponseReturnValue:
    # A value that every check let through but PostgreSQL can't hold: the sender's, not ours.
    logs.event("request.unstorable", level=logging.WARNING, path=request.path)
    return failure(422, "invalid_input", "Some value is out of range.")


def _too_deep(error: Exception) -> ResponseReturnValue:
    return failure(422, "invalid_input", "The JSON is nested too deeply.")


def _unexpected(error: Exception) -> ResponseReturnValue:
    fields = {"path": request.path}
    logging.getLogger("trp").exception("request.failed", extra={"fields": fields})
    return failure(500, "internal_error", "Something went wrong here. It has been recorded.")

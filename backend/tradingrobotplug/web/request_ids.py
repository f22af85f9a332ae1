"""A number for each request: in its answer, in its error, and in every log line of it."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .. import logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_KEY = "trp.request_id"  # no header of a client's can set it: those begin with HTTP_


def numbered(application: "WSGIApplication") -> "WSGIApplication":
    """The application with X-Request-Id in every answer and `request_id` in its log lines."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request_id = id_of(environ)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, ("X-Request-Id", request_id)], *more)

        with logs.about(request_id=request_id):
            return application(environ, start)

    return serve


def id_of(environ: "WSGIEnvironment") -> str:
    """The request's id, made on first use; what a client claims to be one is not believed."""
    return str(environ.setdefault(_KEY, uuid.uuid4().hex[:16]))

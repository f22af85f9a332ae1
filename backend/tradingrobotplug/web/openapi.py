"""How a route says in the OpenAPI file who may call it and how it refuses."""

from collections.abc import Callable
from typing import Any, TypeVar

from apispec import BasePlugin
from flask_smorest import Blueprint

from .schemas import Failure

View = TypeVar("View", bound=Callable[..., object])

_MEANING = {
    400: "The body is not JSON",
    401: "Not signed in, or the session has ended",
    403: "Not allowed",
    404: "Not there, or not the caller's",
    409: "The present state does not allow it",
    413: "Too large",
    415: "Compressed",
    422: "Some input is missing or not valid",
    429: "Over a limit; Retry-After says when to try again",
    503: "Something it depends on does not answer",
}


class Everywhere(BasePlugin):
    """Documents what any operation may answer, so that no view has to repeat it."""

    def operation_helper(
        self, path: str | None = None, operations: dict[Any, Any] | None = None, **_: Any
    ) -> None:
        """Add the refusals that come from ahead of the view, to each operation of a path."""
        for what in (operations or {}).values():
            named = {str(status) for status in what["responses"]}
            possible = (400, 413, 429, 503) if "requestBody" in what else (429, 503)
            for status in possible:
                if str(status) not in named:
                    what["responses"][str(status)] = _refusal(_MEANING[status])


def refuses(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Document these error answers of a view, all in the one shape."""

    def document(view: View) -> View:
        for status in statuses:
            view = blueprint.alt_response(status, schema=Failure, description=_MEANING[status])(
                view
            )
        return view

    return document


def guarded(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Document that a view needs a session's token, and these refusals besides 401, 403 and 429."""
    return _secured(blueprint, [{"bearer": []}], statuses)


def keyed(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Document like `guarded` that a view takes a session's token or an API key."""
    return _secured(blueprint, [{"bearer": []}, {"api_key": []}], statuses)


def _refusal(meaning: str) -> dict[str, Any]:
    shape = {"$ref": f"#/components/schemas/{Failure.__name__}"}
    return {"description": meaning, "content": {"application/json": {"schema": shape}}}


def _secured(
    blueprint: Blueprint, security: list[dict[str, list[str]]], statuses: tuple[int, ...]
) -> Callable[[View], View]:
    def document(view: View) -> View:
        secured: View = blueprint.doc(security=security)(view)
        return refuses(blueprint, *sorted({401, 403, 429, *statuses}))(secured)

    return document

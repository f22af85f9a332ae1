"""How the JSON of a request is read, where the library behind the views leaves a gap."""

from typing import Any

from flask import Request
from flask_smorest import Blueprint

from ..errors import Invalid

_parser = Blueprint.ARGUMENTS_PARSER


def register() -> None:
    """Read every body through `_read`; the parser is one for all blueprints."""
    _parser.location_loader("json")(_read)


def _read(request: Request, schema: Any) -> Any:
    try:
        return _parser.load_json(request, schema)
    except ValueError as error:
        # It deals with what is no JSON itself. This is an integer of thousands of digits, which
        # Python refuses to convert (CVE-2020-10735).
        raise Invalid("invalid_input", "A number has too many digits.") from error

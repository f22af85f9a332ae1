"""What every domain's shapes share: unknown fields refused, camelCase accepted, exact decimals."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load

from ..money import as_text, decimal_from

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def snake_case(name: str) -> str:
    """stopLoss → stop_loss."""
    return _HUMP.sub(lambda hump: "_" + hump.group(1).lower(), name)


class Shape(Schema):
    """Parent of every request and answer schema. The wire is snake_case; camelCase may come in."""

    class Meta:
        unknown = RAISE

    @pre_load
    def _accept_camel_case(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {snake_case(k) if isinstance(k, str) else k: v for k, v in data.items()}


class Amount(fields.Field[Decimal]):
    """A Decimal, as a JSON string on the wire ("0.001"); strings and numbers are accepted in."""

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else as_text(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        try:
            return decimal_from(value)
        except ValueError as error:
            raise ValidationError("Not a number.") from error


class Paging(Shape):
    """?page=1&limit=50; limit at most 200."""

    page = fields.Integer(load_default=1, validate=lambda n: 1 <= n <= 100_000)
    limit = fields.Integer(load_default=50, validate=lambda n: 1 <= n <= 200)


class Failure(Schema):
    """Every error answer."""

    error = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(required=True)
    request_id = fields.String(required=True)

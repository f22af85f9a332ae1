"""What every domain's shapes share: unknown fields refused, camelCase accepted, exact decimals."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

from ..money import as_text, decimal_from

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z]+)")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def snake_case(name: str) -> str:
    """stopLoss → stop_loss, orderID → order_id."""
    return _HUMP.sub(lambda hump: "_" + hump.group(1).lower(), name)


class Shape(Schema):
    """Parent of every request and answer schema. The wire is snake_case; camelCase may come in."""

    class Meta:
        unknown = RAISE

    @pre_load
    def _accept_camel_case(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        _refuse_unstorable(data)
        renamed = {snake_case(k) if isinstance(k, str) else k: data[k] for k in data}
        if len(renamed) < len(data):
            raise ValidationError("A field is given twice, in snake_case and in camelCase.")
        return renamed


class Amount(fields.Field[Decimal]):
    """A Decimal, as a JSON string on the wire ("0.001"); strings and numbers are accepted in."""

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else as_text(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        try:
            return decimal_from(value)
        except ValueError as error:
            raise ValidationError("Not a number.") from error


class Flag(fields.Boolean):
    """True or false, and nothing that could be taken for one of them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Paging(Shape):
    """?page=1&limit=50; limit at most 200."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class Failure(Schema):
    """Every error answer."""

    error = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(required=True)
    request_id = fields.String(required=True)


def _refuse_unstorable(value: object) -> None:
    """What JSON can say and PostgreSQL can't hold: NUL, lone surrogates, NaN and infinities."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise ValidationError("A text holds a character that is not allowed.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValidationError("Not a number.")
    elif isinstance(value, Mapping):
        for key in value:
            _refuse_unstorable(key)
            _refuse_unstorable(value[key])
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)

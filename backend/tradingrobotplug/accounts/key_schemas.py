"""Shapes of API keys."""

from marshmallow import ValidationError, fields, validate

from ..web.schemas import Shape

_SCOPES = ("read", "trade")


def _once_each(scopes: list[str]) -> None:
    if len(set(scopes)) < len(scopes):
        raise ValidationError("A scope is given twice.")


class NewApiKey(Shape):
    """What a program is to be allowed, and for how long."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=64))
    scopes = fields.List(
        fields.String(validate=validate.OneOf(_SCOPES)),
        required=True,
        validate=[validate.Length(min=1), _once_each],
        metadata={"description": "`trade` does not include `read`.", "uniqueItems": True},
    )
    expires_in_days = fields.Integer(load_default=90, validate=validate.Range(1, 365))


class ApiKeyView(Shape):
    """An API key, without the key."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    prefix = fields.String(required=True, metadata={"description": "The key's first characters."})
    scopes = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    last_used_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "To the minute."}
    )


class ApiKeyList(Shape):
    """A page of the keys that work, newest first."""

    api_keys = fields.List(fields.Nested(ApiKeyView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class CreatedApiKey(Shape):
    """The key, shown this once."""

    api_key = fields.Nested(ApiKeyView, required=True)
    key = fields.String(required=True)

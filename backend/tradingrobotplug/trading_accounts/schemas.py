"""Shapes of trading accounts on the wire. Keys come in and never go out."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from ..brokers.venues import VENUES
from ..web.schemas import Shape

BROKERS = tuple(VENUES)
ENVIRONMENTS = ("paper", "live")
PERMISSIONS = ("read", "trade")


def _label(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(1, 64), **options)


def _key(**options: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"[!-~]{8,512}\Z"),
        metadata={"description": "The key's id, as the broker shows it."},
        **options,
    )


def _secret(**options: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"[\x20-\x7e\r\n]{16,4096}\Z"),
        metadata={"description": "The key's secret; at Coinbase the private key."},
        **options,
    )


class NewTradingAccount(Shape):
    """POST /api/trading-accounts."""

    label = _label(required=True)
    broker = fields.String(required=True, validate=validate.OneOf(BROKERS))
    environment = fields.String(required=True, validate=validate.OneOf(ENVIRONMENTS))
    permissions = fields.String(load_default="read", validate=validate.OneOf(PERMISSIONS))
    api_key = _key(required=True)
    api_secret = _secret(required=True)

    @validates_schema
    def _environment_exists(self, data: dict[str, Any], **_: Any) -> None:
        venue, environment = VENUES[data["broker"]], data["environment"]
        if environment not in venue.environments:
            raise ValidationError(f"{venue.title} has no {environment} environment.", "environment")


class TradingAccountChanges(Shape):
    """What may be changed. New keys replace the old ones; both parts are given together."""

    label = _label()
    permissions = fields.String(validate=validate.OneOf(PERMISSIONS))
    api_key = _key()
    api_secret = _secret()

    @validates_schema
    def _something_is_asked_for(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Say what is to change.")

    @validates_schema
    def _keys_come_whole(self, data: dict[str, Any], **_: Any) -> None:
        if ("api_key" in data) != ("api_secret" in data):
            raise ValidationError("Give api_key and api_secret together.", "api_key")


class TradingAccountView(Shape):
    """An account without its keys."""

    id = fields.UUID(required=True)
    label = fields.String(required=True)
    broker = fields.String(required=True, metadata={"enum": list(BROKERS)})
    environment = fields.String(required=True, metadata={"enum": list(ENVIRONMENTS)})
    permissions = fields.String(required=True, metadata={"enum": list(PERMISSIONS)})
    key_ending = fields.String(
        required=True, metadata={"description": "The last four characters of the key's id."}
    )
    status = fields.Function(
        lambda row: "revoked" if row.revoked_at else "active",
        required=True,
        metadata={"type": "string", "enum": ["active", "revoked"]},
    )
    created_at = fields.AwareDateTime(required=True)
    verified_at = fields.AwareDateTime(
        required=True, metadata={"description": "When the broker last confirmed the keys."}
    )
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class SingleTradingAccount(Shape):
    """One account."""

    trading_account = fields.Nested(TradingAccountView, required=True)


class TradingAccountList(Shape):
    """A page of accounts."""

    trading_accounts = fields.List(fields.Nested(TradingAccountView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class TradingAccountRemoval(Shape):
    """The account and its keys are gone here."""

    success = fields.Boolean(required=True)

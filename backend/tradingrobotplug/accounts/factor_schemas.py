"""Shapes of the second factor."""

from marshmallow import fields, validate

from ..web.schemas import Shape
from .schemas import FactorCode, password_field


class Enrolment(Shape):
    """A secret for an authenticator app; it counts once a code of it is confirmed."""

    secret = fields.String(required=True, metadata={"description": "Base32"})
    otpauth_url = fields.String(required=True)
    qr_code = fields.String(required=True, metadata={"description": "PNG in base64"})


class AppCode(Shape):
    """Six digits of the authenticator app."""

    totp_code = fields.String(
        required=True, load_only=True, validate=validate.Length(min=1, max=32)
    )


class BackupCodes(Shape):
    """Ten codes for when the authenticator is lost; shown this once, each good for one use."""

    backup_codes = fields.List(fields.String(), required=True)


class StepUp(FactorCode):
    """A code; before it the password, where `needs` names it."""

    password = password_field(required=False)


class Fresh(Shape):
    """Until when what is risky may be done."""

    fresh_until = fields.AwareDateTime(required=True)

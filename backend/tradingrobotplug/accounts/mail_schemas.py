"""Shapes of passwords, addresses, sessions and the end of an account."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from ..web.schemas import Shape
from .schemas import email_field, password_field


class LinkToken(Shape):
    """The token of a mailed link."""

    token = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=512))


class Forgotten(Shape):
    """Whose password is forgotten."""

    email = email_field()


class _NewPassword(Shape):
    password = password_field()
    confirm_password = password_field()

    @validates_schema
    def _the_same_twice(self, given: dict[str, Any], **_: Any) -> None:
        if given["password"] != given["confirm_password"]:
            raise ValidationError("The two passwords are not the same.", "confirm_password")


class PasswordReset(_NewPassword, LinkToken):
    """A new password, and the token of the mailed link."""


class PasswordChange(_NewPassword):
    """A new password, and the present one."""

    current_password = password_field()


class EmailChange(Shape):
    """The new address. Password and code are a matter of the step-up."""

    email = email_field()


class AccountDeletion(Shape):
    """The account's password, where no second factor is set up. An account without one, or a
    session of a connected site, gets a link by mail."""

    password = password_field(required=False)


class DeletionState(Shape):
    """What happens next."""

    status = fields.String(
        required=True,
        validate=validate.OneOf(("leaving", "confirmation_mailed")),
        metadata={"description": "confirmation_mailed: it begins when the mailed link is followed"},
    )
    erased_at = fields.AwareDateTime(required=True, allow_none=True)


class SessionView(Shape):
    """Where the user is signed in."""

    id = fields.UUID(required=True)
    device = fields.String(required=True)
    address = fields.String(required=True)
    site = fields.String(
        required=True, allow_none=True, metadata={"description": "The connected site, if it is one"}
    )
    created_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    current = fields.Boolean(required=True)


class SessionList(Shape):
    """All sessions that still work."""

    sessions = fields.List(fields.Nested(SessionView), required=True)

"""Shapes of what accounts take and answer."""

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from ..web.schemas import Shape
from .second_factor import Code

_USERNAME = validate.Regexp(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,31}\Z"),
    error="Use 3 to 32 letters, digits, dots, dashes or underscores.",
)
_EMAIL = validate.Length(max=254)
_TOKEN = validate.Length(min=1, max=512)
_CODE = validate.Length(max=32)


def password_field(*, required: bool = True) -> fields.String:
    """A password coming in; how it must be is checked where one is set."""
    # Far above the longest that may be set, so that this only stops abuse.
    return fields.String(
        required=required,
        load_only=True,
        validate=validate.Length(max=4_096),
        metadata={"format": "password"},
    )


def email_field() -> fields.Email:
    """An address that mail can be sent to: nothing in it that a header could misread."""
    plain = validate.Regexp(re.compile(r"[^\s\"(),:;<>\[\]\\\x00-\x1f\x7f]+\Z"))
    return fields.Email(required=True, validate=[_EMAIL, plain])


class Registration(Shape):
    """A new account."""

    email = email_field()
    password = password_field()
    confirm_password = password_field()
    username = fields.String(load_default=None, allow_none=True, validate=_USERNAME)

    @validates_schema
    def _the_same_twice(self, given: dict[str, Any], **_: Any) -> None:
        if given["password"] != given["confirm_password"]:
            raise ValidationError("The two passwords are not the same.", "confirm_password")


class FactorCode(Shape):
    """The code of an authenticator app, or in its place a backup code; never both."""

    totp_code = fields.String(load_default=None, allow_none=True, load_only=True, validate=_CODE)
    backup_code = fields.String(load_default=None, allow_none=True, load_only=True, validate=_CODE)

    @post_load
    def _as_one(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        app, backup = given.pop("totp_code"), given.pop("backup_code")
        if app and backup:
            raise ValidationError("Give one code, not two.", "backup_code")
        typed = app or backup
        return given | {"code": Code(typed, is_backup=bool(backup)) if typed else None}


class Login(FactorCode):
    """Email, password, and a code where an authenticator is set up; elsewhere it is ignored."""

    email = fields.String(required=True, validate=_EMAIL)
    password = password_field()


class RefreshToken(Shape):
    """The refresh token that came with the last answer."""

    refresh_token = fields.String(required=True, load_only=True, validate=_TOKEN)


class FactorState(Shape):
    """Whether an authenticator is set up, and how many backup codes can still be used."""

    enrolled = fields.Boolean(required=True)
    backup_codes_left = fields.Integer(required=True)


class UserView(Shape):
    """What a user may know about themselves."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    username = fields.String(required=True)
    role = fields.String(required=True)
    plan = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    email_verified = fields.Boolean(required=True)
    has_password = fields.Boolean(
        required=True, metadata={"description": "False: signs in through a connected site only"}
    )
    leaving_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When deletion was asked for; the account is erased 7 days later"},
    )
    second_factor = fields.Nested(FactorState, required=True)


class Me(Shape):
    """The signed-in user."""

    user = fields.Nested(UserView, required=True)


class SessionState(Shape):
    """What was given in this session, and what a step-up in it takes."""

    proved = fields.Boolean(
        required=True, metadata={"description": "Whether the second factor was given in it"}
    )
    fresh_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Until then what is risky needs no step-up"},
    )
    through_site = fields.Boolean(required=True)
    policy = fields.String(required=True, validate=validate.OneOf(("required", "before-risk")))
    needs = fields.List(
        fields.String(validate=validate.OneOf(("password", "totp_code"))), required=True
    )


class Here(Me):
    """The signed-in user, and this session."""

    session = fields.Nested(SessionState, required=True)


class SignedIn(Me):
    """A user, an access token for 15 minutes, and a refresh token to use once."""

    token = fields.String(required=True)
    refresh_token = fields.String(required=True)


class Success(Shape):
    """It is done."""

    success = fields.Boolean(required=True)

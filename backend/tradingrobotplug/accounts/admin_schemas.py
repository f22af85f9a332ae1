"""Shapes of what administrators ask and are shown."""

from marshmallow import fields, validate

from ..web.schemas import Paging, Shape


class UserFilter(Paging):
    """Part of an address or username; without it, everyone."""

    query = fields.String(load_default="", validate=validate.Length(max=254))


class Suspension(Shape):
    """Why; the user reads it too."""

    reason = fields.String(
        required=True,
        validate=[
            validate.Length(max=500),
            validate.Regexp(r"\s*\S", error="Say why."),
        ],
    )


class Account(Shape):
    """A user as administrators see them."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    username = fields.String(required=True)
    role = fields.String(required=True)
    plan = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    email_verified = fields.Boolean(required=True)
    second_factor = fields.Boolean(required=True)
    suspended_at = fields.AwareDateTime(required=True, allow_none=True)
    leaving_at = fields.AwareDateTime(required=True, allow_none=True)
    last_seen_at = fields.AwareDateTime(required=True, allow_none=True)


class SingleAccount(Shape):
    """One user."""

    user = fields.Nested(Account, required=True)


class AccountList(Shape):
    """A page of users, newest first."""

    users = fields.List(fields.Nested(Account), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)

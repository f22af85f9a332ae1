"""Shapes of what connected sites and their administrators send and get."""

import re
from typing import Any

from marshmallow import fields, validate

from ..web.schemas import Shape
from .assertions import SiteScope
from .linking import VERIFIER
from .schemas import Me


def scopes_field(**options: Any) -> fields.List[SiteScope]:
    """A list of what a site may do, not empty."""
    return fields.List(
        fields.Enum(SiteScope, by_value=True),
        validate=validate.Length(min=1, max=len(SiteScope)),
        **options,
    )


class SiteRegistration(Shape):
    """A WordPress site's one-time code and its public key."""

    code = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=64))
    name = fields.String(required=True, validate=validate.Length(max=200))
    url = fields.Url(
        required=True,
        schemes={"http", "https"},
        require_tld=False,
        validate=validate.Length(max=500),
    )
    public_key = fields.String(
        required=True,
        validate=validate.Regexp(re.compile(r"[A-Za-z0-9_-]{43}=?\Z")),
        metadata={"description": "Ed25519, the 32 raw bytes in base64url"},
    )


class SiteView(Shape):
    """The registered site."""

    site_id = fields.UUID(required=True)
    scopes = fields.List(fields.String(), required=True)


class Assertion(Shape):
    """A JWT the site signed with its key (RFC 7523)."""

    assertion = fields.String(
        required=True, load_only=True, validate=validate.Length(min=1, max=4_096)
    )


class LinkCode(Assertion):
    """What the login page sent the browser back with, and the verifier of its challenge."""

    code = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=128))
    code_verifier = fields.String(required=True, load_only=True, validate=validate.Regexp(VERIFIER))


class SiteToken(Me):
    """An access token for the user the site vouches for."""

    token = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class MailView(Shape):
    """A mail as its recipient would see it."""

    id = fields.UUID(required=True)
    to = fields.String(required=True, attribute="recipient")
    subject = fields.String(required=True)
    text = fields.String(required=True)
    html = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class Mailbox(Shape):
    """The newest mails, at most 50."""

    mails = fields.List(fields.Nested(MailView), required=True)


class SiteLinkView(Shape):
    """A site that may act for the user."""

    site_id = fields.UUID(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class SiteLinkList(Shape):
    """The sites that may act for the user, the first connected first."""

    site_links = fields.List(fields.Nested(SiteLinkView), required=True)


class SiteCodeWish(Shape):
    """What the site that uses the code may do."""

    scopes = scopes_field(load_default=lambda: [SiteScope.ACT_FOR_USERS])


class NewSiteCode(Shape):
    """A one-time code; it is not shown again."""

    code = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    scopes = scopes_field(required=True)


class SiteScopes(Shape):
    """All that the site may do from now on."""

    scopes = scopes_field(required=True)


class AdminSite(SiteView):
    """A site and whether it is still connected."""

    site_id = fields.UUID(required=True, attribute="id")
    name = fields.String(required=True)
    url = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class AdminSiteAnswer(Shape):
    """One site."""

    site = fields.Nested(AdminSite, required=True)


class AdminSiteList(Shape):
    """A page of the sites, newest first."""

    sites = fields.List(fields.Nested(AdminSite), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)

"""HTTP in and out for connected sites, and for the users they stand for."""

import uuid
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock
from ..db import transaction
from ..errors import Conflict, ServiceError
from ..models import UserSession
from ..notify import outbox, post
from ..web.auth import caller, freshly_proved, signed_in
from ..web.limits import client_address, strictly
from ..web.openapi import guarded, refuses
from ..web.tokens import access_token
from . import assertions, audit, linking, service, site_users, sites
from .assertions import SiteScope
from .schemas import Success
from .site_schemas import (
    Assertion,
    LinkCode,
    Mailbox,
    SiteLinkList,
    SiteRegistration,
    SiteToken,
    SiteView,
)

MOST_MAILS = 50

Answer = dict[str, Any]

blueprint = Blueprint(
    "sites", __name__, url_prefix="/api", description="Connected WordPress sites and their users"
)


@blueprint.post("/sites/register")
@strictly
@blueprint.arguments(SiteRegistration)
@blueprint.response(201, SiteView)
@refuses(blueprint, 422, 429)
def register_site(fields: Answer) -> Answer:
    """Connect a WordPress site: its one-time code and its public key"""
    with transaction() as session:
        site = sites.register(session, **fields, now=clock.now())
    return {"site_id": site.id, "scopes": site.scopes}


@blueprint.post("/sites/token")
@blueprint.arguments(Assertion)
@blueprint.response(200, SiteToken)
@refuses(blueprint, 401, 403, 409, 422, 429)
def site_token(fields: Answer) -> Answer:
    """Trade a site's assertion about its user for a token of ten minutes"""
    now = clock.now()
    with transaction() as session:
        vouched = assertions.accept(session, fields["assertion"], now, SiteScope.ACT_FOR_USERS)
        opened = site_users.exchange(session, vouched, client_address(), now)
        return _token(session, opened)


@blueprint.post("/sites/link")
@strictly
@blueprint.arguments(LinkCode)
@blueprint.response(200, SiteToken)
@refuses(blueprint, 401, 403, 409, 422, 429)
def link_site(fields: Answer) -> Answer:
    """Trade what the login page answered for the link it stands for, and a token"""
    now = clock.now()
    with transaction() as session:
        vouched = assertions.accept(session, fields["assertion"], now, SiteScope.ACT_FOR_USERS)
        outcome = linking.redeem(
            session, vouched, fields["code"], fields["code_verifier"], client_address(), now
        )
        answer = outcome if isinstance(outcome, ServiceError) else _token(session, outcome)
    if isinstance(answer, ServiceError):
        raise answer  # after the commit: what was tried stays used
    return answer


@blueprint.post("/sites/logout")
@blueprint.arguments(Assertion)
@blueprint.response(200, Success)
@refuses(blueprint, 401, 422, 429)
def site_log_out(fields: Answer) -> Answer:
    """End what stands for a site's session, because its user signed out there"""
    now = clock.now()
    with transaction() as session:
        site_users.log_out(session, assertions.accept(session, fields["assertion"], now), now)
    return {"success": True}


@blueprint.post("/sites/unregister")
@blueprint.arguments(Assertion)
@blueprint.response(200, Success)
@refuses(blueprint, 401, 422, 429)
def unregister_site(fields: Answer) -> Answer:
    """Disconnect a site at its own word; its key and every token it got die at once"""
    now = clock.now()
    with transaction() as session:
        site_id = assertions.accept_own(session, fields["assertion"], now)
        sites.revoke(session, site_id, now, sites.Actor(None, client_address()))
    return {"success": True}


@blueprint.post("/sites/mailbox")
@strictly
@blueprint.arguments(Assertion)
@blueprint.response(200, Mailbox)
@refuses(blueprint, 401, 403, 409, 422, 429)
def show_mailbox(fields: Answer) -> Answer:
    """The newest mails, for a site that may read them, where no mail server takes them"""
    now = clock.now()
    with transaction() as session:
        site_id = assertions.accept_own(session, fields["assertion"], now, SiteScope.MAILBOX)
        if post.has_server():
            raise Conflict("mail_is_sent", "A mail server takes the mails: look for them there.")
        audit.record(session, "site.mailbox_read", now, object_id=site_id, address=client_address())
        return {"mails": outbox.latest(session, MOST_MAILS)}


@blueprint.get("/site-links")
@signed_in
@blueprint.response(200, SiteLinkList)
@guarded(blueprint)
def list_links() -> Answer:
    """The sites that may act for the user"""
    with transaction() as session:
        found = site_users.links_of(session, caller().user_id)
    names = ("site_id", "name", "url", "created_at")
    return {"site_links": [dict(zip(names, row, strict=True)) for row in found]}


@blueprint.delete("/site-links/<uuid:site_id>")
@signed_in
@freshly_proved
@blueprint.response(200, Success)
@guarded(blueprint, 404, 409)
def unlink_site(site_id: uuid.UUID) -> Answer:
    """Disconnect a site from the account; the sessions it keeps for the user end"""
    with transaction() as session:
        site_users.unlink(session, caller().user_id, site_id, client_address(), clock.now())
    return {"success": True}


def _token(session: Session, opened: UserSession) -> Answer:
    return {
        "user": service.profile(session, opened.user_id),
        "token": access_token(opened, site_users.TOKEN_LIFETIME),
        "expires_in": int(site_users.TOKEN_LIFETIME.total_seconds()),
    }

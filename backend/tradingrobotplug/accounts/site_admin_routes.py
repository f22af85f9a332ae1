"""HTTP in and out for administrators: which sites are connected, and what they may do."""

import uuid
from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..db import transaction
from ..web.auth import admin_only, caller, freshly_proved
from ..web.limits import client_address
from ..web.openapi import guarded
from ..web.paging import page_of
from ..web.schemas import Paging
from . import sites
from .schemas import Success
from .site_schemas import AdminSiteAnswer, AdminSiteList, NewSiteCode, SiteCodeWish, SiteScopes

Answer = dict[str, Any]

blueprint = Blueprint(
    "site_admin", __name__, url_prefix="/api/admin", description="Connected sites, for admins"
)


@blueprint.post("/site-codes")
@admin_only
@freshly_proved
@blueprint.arguments(SiteCodeWish, required=False)
@blueprint.response(201, NewSiteCode)
@guarded(blueprint, 422)
def make_code(wish: Answer) -> Answer:
    """A one-time code that connects one site; it works for 15 minutes and is shown once"""
    now, scopes = clock.now(), wish["scopes"]
    with transaction() as session:
        code = sites.make_code(session, now, scopes, _actor())
    return {"code": code, "expires_at": now + sites.CODE_LIFETIME, "scopes": scopes}


@blueprint.get("/sites")
@admin_only
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, AdminSiteList)
@guarded(blueprint, 422)
def list_sites(paging: dict[str, int]) -> Answer:
    """The sites that are or were connected, newest first"""
    with transaction() as session:
        found, total = page_of(session, sites.all_sites(), **paging)
    return {"sites": found, "total": total, **paging}


@blueprint.put("/sites/<uuid:site_id>")
@admin_only
@freshly_proved
@blueprint.arguments(SiteScopes)
@blueprint.response(200, AdminSiteAnswer)
@guarded(blueprint, 404, 422)
def change_scopes(fields: Answer, site_id: uuid.UUID) -> Answer:
    """Set what a site may do; what it may no longer do ends at once"""
    with transaction() as session:
        site = sites.set_scopes(session, site_id, fields["scopes"], clock.now(), _actor())
    return {"site": site}


@blueprint.delete("/sites/<uuid:site_id>")
@admin_only
@freshly_proved
@blueprint.response(200, Success)
@guarded(blueprint, 404)
def revoke_site(site_id: uuid.UUID) -> Answer:
    """Disconnect a site; its key and every token it got die at once"""
    with transaction() as session:
        sites.revoke(session, site_id, clock.now(), _actor())
    return {"success": True}


def _actor() -> sites.Actor:
    return sites.Actor(caller().user_id, client_address())

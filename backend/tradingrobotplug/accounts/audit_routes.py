"""HTTP in and out for the audit trail."""

from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..db import transaction
from ..web.auth import admin_only, caller, signed_in
from ..web.limits import client_address
from ..web.openapi import guarded
from ..web.paging import page_of
from . import audit
from .audit_schemas import AdminAuditFilter, AdminAuditTrail, AuditFilter, AuditTrail

blueprint = Blueprint("audit", __name__, url_prefix="/api", description="Who did what, and when")


@blueprint.get("/audit")
@guarded(blueprint, 422)
@signed_in
@blueprint.arguments(AuditFilter, location="query")
@blueprint.response(200, AuditTrail)
def show_own_trail(asked: dict[str, Any]) -> dict[str, Any]:
    """What was done in the caller's name, newest first"""
    page, limit = asked.pop("page"), asked.pop("limit")
    with transaction() as session:
        rows = audit.trail(caller().user_id, **asked)
        entries, total = page_of(session, rows, page, limit)
    return {"entries": entries, "total": total, "page": page, "limit": limit}


@blueprint.get("/admin/audit")
@guarded(blueprint, 422)
@admin_only
@blueprint.arguments(AdminAuditFilter, location="query")
@blueprint.response(200, AdminAuditTrail)
def show_trail(asked: dict[str, Any]) -> dict[str, Any]:
    """A user's trail, or everyone's, newest first; that it was read is recorded too"""
    page, limit = asked.pop("page"), asked.pop("limit")
    with transaction() as session:
        entries, total = page_of(session, audit.trail(**asked), page, limit)
        audit.record(
            session,
            "audit.read",
            clock.now(),
            user_id=caller().user_id,
            object_id=asked["user_id"],
            address=client_address(),
        )
    return {"entries": entries, "total": total, "page": page, "limit": limit}

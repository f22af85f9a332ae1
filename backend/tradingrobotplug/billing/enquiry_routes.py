"""HTTP in and out for questions about plans: asked by anybody, listed for administrators."""

from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..accounts import audit
from ..db import transaction
from ..web.auth import admin_only, caller, caller_if_any
from ..web.limits import client_address, costly, strictly
from ..web.openapi import guarded, refuses
from ..web.paging import page_of
from ..web.schemas import Paging
from . import enquiries
from .enquiry_schemas import EnquiryList, EnquiryTaken, NewEnquiry

blueprint = Blueprint("enquiries", __name__, url_prefix="/api", description="Questions about plans")
admin = Blueprint(
    "enquiry_admin", __name__, url_prefix="/api/admin", description="Questions, for administrators"
)


@blueprint.post("/enquiries")
@strictly
@costly
@blueprint.arguments(NewEnquiry)
@blueprint.response(201, EnquiryTaken)
@refuses(blueprint, 401, 422, 429)
def ask(given: dict[str, str]) -> dict[str, bool]:
    """Ask the operator about a plan

    Anybody may. With an access token the question is kept with its user.
    """
    who = caller_if_any()
    with transaction() as session:
        enquiries.take(session, given, who.user_id if who else None, clock.now())
    return {"taken": True}


@admin.get("/enquiries")
@guarded(admin, 422)
@admin_only
@admin.arguments(Paging, location="query")
@admin.response(200, EnquiryList)
def list_enquiries(paging: dict[str, int]) -> dict[str, Any]:
    """What was asked about plans, newest first, and whether a mail server has taken it"""
    with transaction() as session:
        found, total = page_of(session, enquiries.newest_first(), **paging)
        audit.record(
            session,
            "admin.enquiries_listed",
            clock.now(),
            user_id=caller().user_id,
            address=client_address(),
        )
        return {"enquiries": found, "total": total, **paging}

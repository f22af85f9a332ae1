"""HTTP in and out for API keys."""

import uuid
from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..db import transaction
from ..web.auth import caller, freshly_proved, signed_in
from ..web.idempotency import idempotent
from ..web.limits import client_address, strictly
from ..web.openapi import guarded
from ..web.paging import page_of
from ..web.schemas import Paging
from . import api_keys, edge, key_schemas
from .schemas import Success

blueprint = Blueprint("api_keys", __name__, url_prefix="/api", description="Keys for programs")


@blueprint.get("/api-keys")
@guarded(blueprint, 422)
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, key_schemas.ApiKeyList)
def list_keys(paging: dict[str, int]) -> dict[str, Any]:
    """The caller's API keys that work, newest first"""
    with transaction() as session:
        query = api_keys.live_ones(caller().user_id, clock.now())
        found, total = page_of(session, query, **paging)
    return {"api_keys": found, "total": total, **paging}


@blueprint.post("/api-keys")
@strictly
@guarded(blueprint, 409, 422)
@signed_in
@freshly_proved
@idempotent
@blueprint.arguments(key_schemas.NewApiKey)
@blueprint.response(201, key_schemas.CreatedApiKey)
def create_key(given: dict[str, Any]) -> dict[str, Any]:
    """A new API key, shown this once"""
    asked = api_keys.NewKey(
        given["name"], given["scopes"], timedelta(days=given["expires_in_days"])
    )
    with transaction() as session:
        row, key = api_keys.create(
            session, caller().user_id, asked, client_address(), edge.device(), clock.now()
        )
    return {"api_key": row, "key": key}


@blueprint.delete("/api-keys/<uuid:key_id>")
@guarded(blueprint, 404)
@signed_in
@blueprint.response(200, Success)
def revoke_key(key_id: uuid.UUID) -> dict[str, Any]:
    """Revoke an API key; it works no more at once"""
    with transaction() as session:
        api_keys.revoke(session, caller().user_id, key_id, client_address(), clock.now())
    return {"success": True}

"""HTTP in and out for which bots have the places that the user's plan has."""

import uuid
from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..db import transaction
from ..web.auth import caller, with_scope
from ..web.openapi import keyed
from . import figures, places, schemas
from .trail import note

blueprint = Blueprint(
    "bot_places", __name__, url_prefix="/api", description="Which bots have a place in the plan"
)


@blueprint.put("/subscription/bots")
@keyed(blueprint, 422)
@with_scope("trade")
@blueprint.arguments(schemas.KeptBots)
@blueprint.response(200, schemas.AllBots)
def choose_bots(given: dict[str, list[uuid.UUID]]) -> dict[str, Any]:
    """Choose which bots stay; the others are paused and keep everything they have

    Those that stay and were paused for want of a place go back to what they were.
    """
    with transaction() as session:
        bots = places.choose(session, caller().user_id, given["keep"], clock.now())
        for bot in bots:
            if bot.id in given["keep"]:
                note(session, "kept", bot.id)
        return {"bots": figures.views(session, bots)}

"""HTTP in and out for plans."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from .. import clock
from ..db import transaction
from ..web.auth import caller, signed_in, with_scope
from ..web.openapi import guarded, keyed
from . import catalogue, missing, prompts
from .schemas import Counted, Missing, PlanList, SeenPrompt

blueprint = Blueprint("plans", __name__, url_prefix="/api", description="What is sold")


@blueprint.get("/plans")
@blueprint.response(200, PlanList, headers={"Cache-Control": {"schema": {"type": "string"}}})
def list_plans() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Every plan with its price, limits and comparison rows"""
    return {"plans": catalogue.plans()}, 200, {"Cache-Control": "public, max-age=60"}


@blueprint.get("/plans/missing")
@keyed(blueprint)
@with_scope("read")
@blueprint.response(200, Missing)
def show_missing() -> dict[str, Any]:
    """What the caller's own record would show and allow on a larger plan, in their own numbers"""
    robots = [(robot.id, robot.name) for robot in current_app.config["ROBOTS"].values()]
    with transaction() as session:
        return missing.of_user(session, caller().user_id, robots, clock.now())


@blueprint.post("/upgrade-prompts")
@guarded(blueprint, 422)
@signed_in
@blueprint.arguments(SeenPrompt)
@blueprint.response(200, Counted)
def count_prompt(given: dict[str, Any]) -> dict[str, bool]:
    """Count that the caller was shown an offer to upgrade somewhere, or followed one"""
    with transaction() as session:
        prompts.count(session, caller().user_id, prompts.Prompt(**given), clock.now())
    return {"success": True}

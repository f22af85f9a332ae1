"""HTTP in and out for plans."""

from typing import Any

from flask_smorest import Blueprint

from . import catalogue
from .schemas import PlanList

blueprint = Blueprint("plans", __name__, url_prefix="/api", description="What is sold")


@blueprint.get("/plans")
@blueprint.response(200, PlanList, headers={"Cache-Control": {"schema": {"type": "string"}}})
def list_plans() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Every plan with its price, limits and comparison rows"""
    return {"plans": catalogue.plans()}, 200, {"Cache-Control": "public, max-age=60"}

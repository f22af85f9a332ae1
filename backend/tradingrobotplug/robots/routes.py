"""HTTP in and out for the marketplace, and what visitors may know about the service."""

from typing import Any

from flask_smorest import Blueprint

from .. import __version__, db
from ..marketdata import venue
from ..web.openapi import refuses
from . import catalogue, service
from .schemas import OneRobot, RobotQuery, Robots, Status

blueprint = Blueprint("robots", __name__, url_prefix="/api", description="The marketplace")


@blueprint.get("/robots")
@blueprint.arguments(RobotQuery, location="query")
@blueprint.response(200, Robots)
def list_robots(query: dict[str, Any]) -> dict[str, Any]:
    """Every robot with its public paper record"""
    with db.transaction() as session:
        found = service.listing(session, list(catalogue.robots().values()), **query)
    return {"robots": found, "total": len(found)}


@blueprint.get("/robots/<string:robot_id>")
@blueprint.response(200, OneRobot)
@refuses(blueprint, 404)
def read_robot(robot_id: str) -> dict[str, Any]:
    """One robot"""
    with db.transaction() as session:
        return {"robot": service.listing(session, [catalogue.robot(robot_id)])[0]}


@blueprint.get("/status")
@blueprint.response(200, Status)
def status() -> dict[str, Any]:
    """Whether the service answers, and whether prices come from the market or the simulator"""
    data = "simulated" if venue.is_simulated() else "live"
    return {"status": "ok", "market_data": data, "version": __version__}

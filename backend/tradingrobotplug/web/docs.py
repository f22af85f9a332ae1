"""The API's page for readers: Swagger UI from its wheel, no address outside ours."""

import importlib.util
from pathlib import Path

from flask import Blueprint, Flask, Response, send_from_directory
from flask.typing import ResponseReturnValue

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>TradingRobotPlug API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><div id="api"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script></body>
</html>
"""
_START = """SwaggerUIBundle({url: "/api/openapi.json", dom_id: "#api", deepLinking: true,
  persistAuthorization: false, tryItOutEnabled: true});
"""

blueprint = Blueprint("docs", __name__, url_prefix="/api/docs")


def register(app: Flask) -> None:
    """Serve the page at /api/docs."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def page() -> ResponseReturnValue:
    return Response(_PAGE, mimetype="text/html")


@blueprint.get("/start.js")
def start() -> ResponseReturnValue:
    return Response(_START, mimetype="text/javascript")


@blueprint.get("/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>")
def file(name: str) -> ResponseReturnValue:
    return send_from_directory(_dist(), name, max_age=86_400)


def _dist() -> Path:
    found = importlib.util.find_spec("flask_swagger_ui")
    if found is None or found.origin is None:
        raise RuntimeError("The wheel flask-swagger-ui is missing: run `make install`.")
    return Path(found.origin).parent / "dist"

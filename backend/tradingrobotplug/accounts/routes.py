"""HTTP in and out for accounts."""

from flask_smorest import Blueprint

blueprint = Blueprint("accounts", __name__, url_prefix="/api")

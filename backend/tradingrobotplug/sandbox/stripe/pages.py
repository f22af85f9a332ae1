"""What all pages for customers share: how they are found, shown, and read."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from . import cards
from .cards import Card
from .door import account
from .refusals import Refusal
from .things import Thing

blueprint = Blueprint("stripe_pages", __name__, url_prefix="/stripe", template_folder="templates")


@blueprint.app_template_filter("money")
def money(cents: int, currency: str) -> str:
    """$9.99, or 9.99 EUR."""
    words = f"{abs(cents) / 100:,.2f}"
    words = f"${words}" if currency == "usd" else f"{words} {currency.upper()}"
    return f"−{words}" if cents < 0 else words


@blueprint.app_template_filter("rhythm")
def rhythm(recurring: Thing) -> str:
    """month, or 3 months."""
    count = recurring["interval_count"]
    return recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"


@blueprint.app_template_filter("day")
def day(moment: int) -> str:
    """26 Nov 2026."""
    return f"{datetime.fromtimestamp(moment, UTC):%d %b %Y}"


@blueprint.before_request
def remember_address() -> None:
    """Links on pages lead where the browser is."""
    account().address = request.host_url.rstrip("/")


@blueprint.errorhandler(Refusal)
def not_there(refusal: Refusal) -> Response:
    """There is no such page."""
    return closed("Not found", str(refusal), 404)


def shown(template: str, status: int = 200, **values: Any) -> Response:
    """A page, never kept by browsers or shown inside other pages."""
    response = make_response(render_template(f"stripe/{template}.html", **values), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Frame-Options"] = "DENY"
    return response


def closed(heading: str, words: str, status: int = 200) -> Response:
    """A page with nothing to do on it."""
    return shown("closed", status, heading=heading, words=words)


def typed_card(*, or_bank: bool = False) -> Card:
    """The test card, or test bank account, whose number was typed. Refusal if it is none."""
    number = "".join(c for c in request.form.get("number", "") if c.isdigit())
    card = cards.BY_NUMBER.get(number)
    if card is None or (card.is_bank and not or_bank):
        raise Refusal("Your card number is invalid. Use a test card.")
    return card

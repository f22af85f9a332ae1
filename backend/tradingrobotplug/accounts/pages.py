"""The pages that mailed links lead to: plain HTML without scripts.

Opening a page changes nothing, because mail scanners open every link; its button acts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from .. import clock
from ..db import transaction
from ..errors import Conflict, Invalid, ServiceError
from ..web.limits import client_address, strictly
from . import edge, leaving, new_address, tokens, verification

_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

blueprint = Blueprint("pages", __name__, url_prefix="/account", template_folder="templates")


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page asks, what its button does, and what it says afterwards."""

    title: str
    question: str
    button: str
    done: str
    act: Callable[[str], object]
    asks_password: bool = False


def register(app: Flask) -> None:
    """Serve the pages under /account."""
    app.register_blueprint(blueprint)


@blueprint.get("/<any('verify', 'reset', 'email', 'delete'):purpose>")
def show(purpose: tokens.Purpose) -> ResponseReturnValue:
    page, token = _PAGES[purpose], request.args.get("token", "")
    try:
        with transaction() as session:
            tokens.look(session, token, purpose, clock.now())
    except Invalid as refusal:
        return _answer(page, refusal.message, 422)
    return _answer(page, page.question, 200, token)


@blueprint.post("/<any('verify', 'reset', 'email', 'delete'):purpose>")
@strictly
def act(purpose: tokens.Purpose) -> ResponseReturnValue:
    page, token = _PAGES[purpose], request.form.get("token", "")
    try:
        page.act(token)
    except ServiceError as refusal:
        # The link is still good after a password that can't be used: the form is shown again.
        again = token if refusal.code in ("weak_password", "not_the_same") else ""
        return _answer(page, refusal.message, 409 if isinstance(refusal, Conflict) else 422, again)
    return _answer(page, page.done, 200)


@blueprint.get("/style.css")
def style() -> ResponseReturnValue:
    css = render_template("account.css")
    return Response(css, mimetype="text/css", headers={"Cache-Control": "max-age=3600"})


def _answer(page: _Page, sentence: str, status: int, token: str = "") -> Response:
    html = render_template(
        "account.html", title=page.title, page=page, sentence=sentence, token=token
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _verify(token: str) -> None:
    with transaction() as session:
        verification.confirm(session, token, clock.now())


def _reset(token: str) -> None:
    password = request.form.get("password", "")
    if password != request.form.get("confirm_password", ""):
        raise Invalid("not_the_same", "The two passwords are not the same.")
    edge.reset_password(token, password)


def _change_email(token: str) -> None:
    with transaction() as session:
        new_address.confirm(session, token, clock.now())


def _delete(token: str) -> None:
    with transaction() as session:
        leaving.confirm(session, token, client_address(), clock.now())


_PAGES: dict[tokens.Purpose, _Page] = {
    "verify": _Page(
        "Confirm your email address",
        "Press the button to confirm that this address is yours.",
        "Confirm the address",
        "Thank you. Your email address is confirmed; you can close this page.",
        _verify,
    ),
    "reset": _Page(
        "Set a new password",
        "At least 12 characters; a few unrelated words make a good password. You will be signed "
        "out everywhere.",
        "Set the password",
        "Your new password is set. Sign in with it.",
        _reset,
        asks_password=True,
    ),
    "email": _Page(
        "Confirm your new email address",
        "Press the button, and this address becomes the address of your account.",
        "Use this address",
        "Your account has this address now. Sign in with it from now on.",
        _change_email,
    ),
    "delete": _Page(
        "Delete your account",
        "Your bots stop at once and your sessions end. Everything is erased seven days later; "
        "until then you can sign in and restore the account.",
        "Delete the account",
        "Your account will be erased in seven days. Until then you can sign in and restore it.",
        _delete,
    ),
}

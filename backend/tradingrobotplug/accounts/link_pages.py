"""The page where a user signs in to connect an account with a site: /account/link.

Like every page here it is plain HTML without scripts. What could go wrong, and what is done:

- Signing somebody else in (login CSRF): the page sets no cookie and opens no session in the
  browser, so there is nothing to sign in to. Its one result is a code that only the site can use,
  with the verifier it keeps for the browser that began. A form that another page sends is refused
  by what the browser says of it (Sec-Fetch-Site).
- Open redirects: the browser is sent nowhere but below the address that the site registered, and
  only by pressing a button; whatever is wrong with a request ends on this page.
- Stolen or swapped codes: see linking.py; the policy of form targets holds the site's origin,
  because browsers apply it to redirects too.
- Clickjacking: no frame may hold the page.
- Guessing: passwords and codes are counted and locked exactly like those of a login.
- Sending twice: a form sent again within five minutes leads to the same answer (link_steps.py).
"""

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ..db import transaction
from ..errors import Forbidden, Invalid, ServiceError, TooMany
from ..notify import post
from ..web.limits import strictly
from . import link_login, linking, redirects
from .linking import Asked

_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self' {site}; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_NAMES = ("site_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")

blueprint = Blueprint("link_pages", __name__, url_prefix="/account", template_folder="templates")


def register(app: Flask) -> None:
    """Serve the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/link")
def show() -> ResponseReturnValue:
    try:
        asked = _asked()
    except Invalid as refusal:
        return _page(None, refusal)
    return _page(asked)


@blueprint.post("/link")
@strictly
def act() -> ResponseReturnValue:
    try:
        _refuse_foreign_form()
        asked = _asked()
    except ServiceError as refusal:
        return _page(None, refusal)
    if request.form.get("cancel"):
        return _back(asked, error="access_denied")
    step = request.form.get("step", "")
    try:
        outcome = (
            link_login.by_code(asked, step, request.form.get("code", ""))
            if step
            else link_login.by_password(
                asked, request.form.get("email", ""), request.form.get("password", "")
            )
        )
    except ServiceError as refusal:
        # A step that is over begins again with the password.
        return _page(asked, refusal, "" if refusal.code == "step_over" else step)
    if isinstance(outcome, link_login.CodeWanted):
        return _page(asked, step=outcome.step)
    return _back(asked, code=outcome)


def _asked() -> Asked:
    """What the site asks for, in the query or in the form; a field given twice is not read."""
    given = request.form if request.method == "POST" else request.args
    fields = {name: given.getlist(name) for name in _NAMES}
    once = {name: values[0] for name, values in fields.items() if len(values) == 1}
    with transaction() as session:
        return linking.asked(session, once)


def _refuse_foreign_form() -> None:
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Forbidden("foreign_form", "This form was sent by another page. Nothing was done.")


def _page(asked: Asked | None, refusal: ServiceError | None = None, step: str = "") -> Response:
    html = render_template(
        "account_link.html",
        title="Connect your account",
        asked=asked,
        fields=_fields(asked) if asked else {},
        problem=refusal.message if refusal else "",
        step=step,
        email=request.form.get("email", ""),
        home=f"{post.public_url()}/account/",
    )
    response = make_response(html, _status(refusal))
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.details["retry_after_seconds"])
    return _guarded(response, asked)


def _fields(asked: Asked) -> dict[str, str]:
    values = (str(asked.site_id), asked.redirect_uri, asked.state, asked.challenge, "S256")
    return dict(zip(_NAMES, values, strict=True))


def _status(refusal: ServiceError | None) -> int:
    if refusal is None:
        return 200
    return 429 if isinstance(refusal, TooMany) else 403 if isinstance(refusal, Forbidden) else 422


def _back(asked: Asked, **answer: str) -> Response:
    response = make_response(redirect(asked.answer(**answer), 303))
    return _guarded(response, asked)


def _guarded(response: Response, asked: Asked | None) -> Response:
    site = redirects.origin(asked.site_url) if asked else ""
    response.headers["Content-Security-Policy"] = _POLICY.format(site=site)
    response.headers["Cache-Control"] = "no-store"
    return response

"""The hosted checkout page, and the bank's page where a card asks for one."""

from flask import Response, redirect, request

from . import cards, cart, checkout
from .cards import Card
from .door import account, find
from .pages import blueprint, closed, money, shown, typed_card
from .refusals import MESSAGES, Refusal
from .things import Thing


@blueprint.get("/c/pay/<key>")
def look_at_checkout(key: str) -> Response:
    """What is bought, and where to type the card."""
    session = find("checkout.session", key)
    return _over(session) or _page(session)


@blueprint.post("/c/pay/<key>")
def pay_checkout(key: str) -> Response:
    """The form as it was sent: apply the code, or pay."""
    found = account()
    with found.lock:
        session = found.get("checkout.session", key)
        over = _over(session)
        if over:
            return over
        try:
            word = request.form.get("promotion_code", "").strip()
            if word and session["allow_promotion_codes"]:
                checkout.use_code(found, session, word)
            if request.form.get("act") == "apply":
                return _page(session)
            cart.add_up(found, session)  # a discount may have run out since
            is_once = session["mode"] == "payment"
            card = typed_card(or_bank=is_once) if cart.needs_card(session) else None
        except Refusal as refusal:
            return _page(session, str(refusal))
        return _tried(session, card, is_authenticated=False)


@blueprint.route("/c/pay/<key>/3ds", methods=["GET", "POST"])
def authenticate(key: str) -> Response:
    """The bank asks; then the payment goes on, or back to the page."""
    found = account()
    with found.lock:
        session = found.get("checkout.session", key)
        over = _over(session)
        if over:
            return over
        if "_asked" not in session:
            return redirect(session["url"], 303)  # type: ignore[return-value]
        if request.method == "GET":
            amount = money(session["amount_total"], session["currency"])
            return shown("authenticate", amount=amount)
        number = session.pop("_asked")
        if request.form.get("act") != "complete":
            return _page(session, "We are unable to authenticate your payment method.")
        return _tried(session, cards.BY_NUMBER[number], is_authenticated=True)


def _tried(session: Thing, card: Card | None, *, is_authenticated: bool) -> Response:
    payer = session.setdefault("_payer", {})
    payer |= {n: request.form[n].strip() for n in ("email", "name") if request.form.get(n)}
    reason = checkout.obstacle(session, card, is_authenticated=is_authenticated)
    if reason == "authentication_required" and card is not None:
        session["_asked"] = card.number
        return redirect(f"{session['url']}/3ds", 303)  # type: ignore[return-value]
    if reason:
        return _page(session, MESSAGES[reason])
    checkout.complete(account(), session, payer, card)
    there = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return redirect(there, 303)  # type: ignore[return-value]


def _over(session: Thing) -> Response | None:
    if session["status"] == "complete":
        return closed("Already paid", "You're all done here.", 410)
    if session["status"] == "expired":
        return closed("This checkout has expired", "Go back and begin again.", 410)
    return None


def _page(session: Thing, error: str = "") -> Response:
    found = account()
    customer = found.objects.get(session["customer"] or "", {})
    fixed = customer.get("email") or session["customer_email"]
    payer = session.get("_payer", {})
    return shown(
        "checkout",
        200,
        session=session,
        error=error,
        email=fixed or payer.get("email", ""),
        email_is_fixed=bool(fixed),
        name=payer.get("name", ""),
        needs_card=cart.needs_card(session),
        promotion_code=request.form.get("promotion_code", ""),
        trial_days=_trial_days(session),
    )


def _trial_days(session: Thing) -> int:
    told = session["_subscription"]
    if "trial_end" in told:
        return max(0, (int(told["trial_end"]) - account().now()) // 86_400)
    return int(told.get("trial_period_days", 0))

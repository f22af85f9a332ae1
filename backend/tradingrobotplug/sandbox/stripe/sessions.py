"""Checkout sessions over the API: https://docs.stripe.com/api/checkout/sessions."""

from . import cart, coupons, customers
from .account import Account
from .answers import PAGING, included, matching, page, sheet
from .door import call
from .events import emit
from .refusals import Refusal, required
from .things import Thing, follow_metadata

_HOUR = 3_600
_DAY = 24 * _HOUR

_TAKEN = """
allow_promotion_codes cancel_url client_reference_id currency customer customer_creation
customer_email discounts expires_at line_items locale metadata mode
payment_intent_data.description payment_intent_data.metadata
payment_intent_data.setup_future_usage payment_method_collection payment_method_types submit_type
subscription_data.description subscription_data.metadata subscription_data.trial_end
subscription_data.trial_period_days
subscription_data.trial_settings.end_behavior.missing_payment_method success_url ui_mode
billing_address_collection
"""


@call("POST", "/checkout/sessions", "checkout.SessionCreateParams", _TAKEN)
def create(account: Account, given: Thing) -> Thing:
    """A page to pay on, open for a day at most."""
    mode = _checked_mode(given)
    customer = given.get("customer")
    if customer:
        customers.present(account, customer, param="customer")
    wanted = given.get("discounts") or []
    for one in wanted:
        coupons.redeemable(account, one, customer)
    lines = cart.lines(account, given["line_items"], mode)
    now = account.now()
    expires_at = given.get("expires_at", now + _DAY)
    if not now + _HOUR // 2 <= expires_at <= now + _DAY:
        raise Refusal(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
            "Session creation.",
            param="expires_at",
        )
    session = account.add("cs_test", "checkout.session", **_blank(given), mode=mode)
    session |= {
        "expires_at": expires_at,
        "url": f"{account.address}/stripe/c/pay/{session['id']}",
        "_lines": lines,
        "_discounts": wanted,
        "_subscription": given.get("subscription_data", {}),
        "_intent": given.get("payment_intent_data", {}),
    }
    cart.add_up(account, session)
    follow_metadata(session, given.get("metadata"))
    account.wake(expires_at, session["id"])
    return session


@call(
    "GET",
    "/checkout/sessions",
    "checkout.SessionListParams",
    f"{PAGING} created customer payment_intent status subscription customer_details.email",
)
def list_sessions(account: Account, given: Thing) -> Thing:
    """Newest first."""
    names = "customer payment_intent status subscription"
    found = matching(account.of("checkout.session"), given, names)
    email = given.get("customer_details", {}).get("email")
    if email:
        found = [one for one in found if (one["customer_details"] or {}).get("email") == email]
    return page("/v1/checkout/sessions", found, given)


@call("GET", "/checkout/sessions/<key>", "checkout.SessionRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One session."""
    return account.get("checkout.session", key)


@call("POST", "/checkout/sessions/<key>", "checkout.SessionUpdateParams", "metadata")
def update(account: Account, given: Thing, key: str) -> Thing:
    """Its metadata."""
    session = account.get("checkout.session", key)
    follow_metadata(session, given.get("metadata"))
    return session


@call("POST", "/checkout/sessions/<key>/expire", "checkout.SessionExpireParams")
def expire_now(account: Account, given: Thing, key: str) -> Thing:
    """Nobody can pay on it any more."""
    session = account.get("checkout.session", key)
    if session["status"] != "open":
        raise Refusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}."
        )
    return expire(account, session)


@call("GET", "/checkout/sessions/<key>/line_items", "checkout.SessionLineItemListParams", PAGING)
def list_lines(account: Account, given: Thing, key: str) -> Thing:
    """What is bought."""
    session = account.get("checkout.session", key)
    things = [{"created": 0, **line} for line in session["_lines"]]
    found = page(f"/v1/checkout/sessions/{key}/line_items", things, given)
    for one in found["data"]:
        del one["created"]
    return found


@included("checkout.session", "line_items")
def line_items(account: Account, session: Thing) -> Thing:
    """What is bought, where it is asked for."""
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return sheet(url, account.objects[session["id"]]["_lines"])


def expire(account: Account, session: Thing) -> Thing:
    """It is closed unpaid."""
    session |= {"status": "expired", "url": None}
    emit(account, "checkout.session.expired", session)
    return session


def wake(account: Account, session: Thing) -> None:
    """An open session's day is over."""
    if session["status"] == "open" and account.now() >= session["expires_at"]:
        expire(account, session)


def _checked_mode(given: Thing) -> str:
    mode = given.get("mode")
    if mode not in ("payment", "subscription"):
        raise Refusal("The simulated Checkout knows payment and subscription.", param="mode")
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refusal("The simulated Checkout is a hosted page.", param="ui_mode")
    for name in ("success_url", "line_items"):
        if not given.get(name):
            raise required(name)
    for one, other in (("allow_promotion_codes", "discounts"), ("customer", "customer_email")):
        if given.get(one) and given.get(other):
            raise Refusal(
                f"You may only specify one of these parameters: {one}, {other}.", param=one
            )
    for name, its_mode in (
        ("subscription_data", "subscription"),
        ("payment_intent_data", "payment"),
        ("customer_creation", "payment"),
    ):
        if name in given and its_mode != mode:
            raise Refusal(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    return str(mode)


def _blank(given: Thing) -> Thing:
    empty = (
        "adaptive_pricing after_expiration amount_subtotal amount_total client_secret "
        "collected_information consent consent_collection currency currency_conversion customer "
        "customer_account customer_details invoice origin_context payment_intent payment_link "
        "payment_method_configuration_details permissions recovered_from return_url "
        "saved_payment_method_options setup_intent shipping_address_collection shipping_cost "
        "subscription total_details wallet_options"
    )
    same = (
        "allow_promotion_codes billing_address_collection cancel_url client_reference_id customer "
        "customer_creation customer_email locale submit_type success_url"
    )
    return {
        **dict.fromkeys(empty.split()),
        **{name: given.get(name) for name in same.split()},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "discounts": [],
        "invoice_creation": None,
        "metadata": {},
        "payment_method_collection": given.get("payment_method_collection", "always"),
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "ui_mode": "hosted_page",
    }

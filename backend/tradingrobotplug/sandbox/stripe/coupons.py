"""Coupons and promotion codes: https://docs.stripe.com/api/coupons, …/promotion_codes."""

from .account import Account
from .answers import PAGING, matching, page
from .door import call
from .events import changing, emit
from .refusals import Refusal, missing, required
from .things import Thing, follow_metadata, new_id


@call(
    "POST",
    "/coupons",
    "CouponCreateParams",
    "amount_off currency duration duration_in_months id "
    "max_redemptions metadata name percent_off redeem_by",
)
def create(account: Account, given: Thing) -> Thing:
    """So much off, or such a part."""
    if given.get("id") in account.objects:
        raise Refusal("Coupon already exists.", code="resource_already_exists", param="id")
    if ("amount_off" in given) == ("percent_off" in given):
        raise Refusal("You must specify one of `amount_off` or `percent_off`.", param="percent_off")
    if "amount_off" in given and "currency" not in given:
        raise required("currency")
    duration = given.get("duration", "once")
    if (duration == "repeating") != ("duration_in_months" in given):
        raise required("duration_in_months")
    percent = given.get("percent_off")
    if percent is not None and not 0 < percent <= 100:
        raise Refusal("percent_off is above 0 and 100 at most", param="percent_off")
    coupon = account.add(
        "cpn",
        "coupon",
        amount_off=given.get("amount_off"),
        currency=given.get("currency"),
        duration=duration,
        duration_in_months=given.get("duration_in_months"),
        max_redemptions=given.get("max_redemptions"),
        metadata={},
        name=given.get("name"),
        percent_off=None if percent is None else float(percent),
        redeem_by=given.get("redeem_by"),
        times_redeemed=0,
        valid=True,
    )
    key = given.get("id") or new_id("x")[2:10]
    account.objects[key] = account.objects.pop(coupon["id"])
    coupon["id"] = key
    follow_metadata(coupon, given.get("metadata"))
    emit(account, "coupon.created", coupon)
    return coupon


@call("GET", "/coupons", "CouponListParams", f"{PAGING} created")
def list_coupons(account: Account, given: Thing) -> Thing:
    """Newest first."""
    return page("/v1/coupons", account.of("coupon"), given)


@call("GET", "/coupons/<key>", "CouponRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One coupon."""
    return account.get("coupon", key)


@call("DELETE", "/coupons/<key>", "CouponDeleteParams")
def delete(account: Account, given: Thing, key: str) -> Thing:
    """Nobody can use it any more; who has it keeps it."""
    coupon = account.get("coupon", key)
    coupon |= {"valid": False, "object": "deleted_coupon"}
    emit(account, "coupon.deleted", coupon | {"object": "coupon"})
    return {"id": key, "object": "coupon", "deleted": True}


@call(
    "POST",
    "/promotion_codes",
    "PromotionCodeCreateParams",
    "promotion.type promotion.coupon "
    "active code customer expires_at max_redemptions metadata restrictions.first_time_transaction",
)
def create_code(account: Account, given: Thing) -> Thing:
    """A word that customers type for a coupon."""
    account.get("coupon", given["promotion"].get("coupon", ""), param="promotion[coupon]")
    word = given.get("code") or new_id("x")[2:10].upper()
    if any(c["active"] and c["code"].lower() == word.lower() for c in account.of("promotion_code")):
        raise Refusal(f"An active promotion code with `code: {word}` already exists.", param="code")
    code = account.add(
        "promo",
        "promotion_code",
        active=given.get("active", True),
        code=word,
        customer=given.get("customer"),
        customer_account=None,
        expires_at=given.get("expires_at"),
        max_redemptions=given.get("max_redemptions"),
        metadata={},
        promotion={"coupon": given["promotion"]["coupon"], "type": "coupon"},
        restrictions={
            "first_time_transaction": given.get("restrictions", {}).get(
                "first_time_transaction", False
            ),
            "minimum_amount": None,
            "minimum_amount_currency": None,
        },
        times_redeemed=0,
    )
    follow_metadata(code, given.get("metadata"))
    emit(account, "promotion_code.created", code)
    return code


@call(
    "GET",
    "/promotion_codes",
    "PromotionCodeListParams",
    f"{PAGING} created active code coupon customer",
)
def list_codes(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("promotion_code"), given, "active code customer")
    if "coupon" in given:
        found = [code for code in found if code["promotion"]["coupon"] == given["coupon"]]
    return page("/v1/promotion_codes", found, given)


@call("GET", "/promotion_codes/<key>", "PromotionCodeRetrieveParams")
def retrieve_code(account: Account, given: Thing, key: str) -> Thing:
    """One promotion code."""
    return account.get("promotion_code", key)


@call("POST", "/promotion_codes/<key>", "PromotionCodeUpdateParams", "active metadata")
def update_code(account: Account, given: Thing, key: str) -> Thing:
    """Switch it on or off, and its metadata."""
    code = account.get("promotion_code", key)
    with changing(account, "promotion_code.updated", code):
        code["active"] = given.get("active", code["active"])
        follow_metadata(code, given.get("metadata"))
    return code


def redeemable(account: Account, wanted: Thing, customer: str | None) -> tuple[Thing, Thing | None]:
    """The coupon that is meant by {coupon} or {promotion_code}, and the code. Refusal if it is
    used up, expired or another customer's."""
    code = None
    if wanted.get("promotion_code"):
        code = account.get("promotion_code", wanted["promotion_code"], param="promotion_code")
        if not code["active"] or not _is_open(code, account.now(), "expires_at"):
            raise Refusal("This promotion code is no longer valid.", code="promotion_code_invalid")
        if code["customer"] not in (None, customer) or not _is_for(account, code, customer):
            raise Refusal("This promotion code can't be used by this customer.")
    key = code["promotion"]["coupon"] if code else wanted.get("coupon", "")
    coupon = account.get("coupon", key, param="discounts[coupon]")
    if not coupon["valid"] or not _is_open(coupon, account.now(), "redeem_by"):
        raise Refusal(f"Coupon expired: {key}", code="coupon_expired", param="discounts")
    return coupon, code


def by_word(account: Account, word: str) -> Thing:
    """The active promotion code with these letters, large or small."""
    for code in account.of("promotion_code"):
        if code["active"] and code["code"].lower() == word.strip().lower():
            return code
    raise missing("promotion code", word, param="promotion_code")


def redeem(coupon: Thing, code: Thing | None) -> None:
    """Count it."""
    for one in (coupon, code):
        if one is not None:
            one["times_redeemed"] += 1
    if coupon["max_redemptions"] and coupon["times_redeemed"] >= coupon["max_redemptions"]:
        coupon["valid"] = False


def _is_open(thing: Thing, now: int, until: str) -> bool:
    most = thing["max_redemptions"]
    is_left = not most or thing["times_redeemed"] < most
    return is_left and (thing[until] is None or now < thing[until])


def _is_for(account: Account, code: Thing, customer: str | None) -> bool:
    if not code["restrictions"]["first_time_transaction"] or customer is None:
        return True
    return not any(c["customer"] == customer and c["paid"] for c in account.of("charge"))

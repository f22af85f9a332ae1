"""Discounts of subscriptions: https://docs.stripe.com/api/discounts."""

from decimal import ROUND_HALF_UP, Decimal

from . import coupons, periods
from .account import Account
from .events import emit
from .refusals import missing
from .things import Thing


def given_to(account: Account, subscription: Thing, wanted: list[Thing]) -> None:
    """These and no others are the subscription's from now on; a discount that it has is kept by
    its id."""
    kept = {key: account.objects[key] for key in subscription["discounts"]}
    found = []
    for one in wanted:
        if "discount" in one:
            if one["discount"] not in kept:
                raise missing("discount", one["discount"], param="discounts")
            found.append(kept.pop(one["discount"]))
        else:
            found.append(_made(account, subscription, one))
    for gone in kept.values():
        emit(account, "customer.discount.deleted", gone)
    subscription["discounts"] = [discount["id"] for discount in found]


def working(account: Account, subscription: Thing) -> list[Thing]:
    """The subscription's discounts that are not over."""
    found = [account.objects[key] for key in subscription["discounts"]]
    return [d for d in found if d["end"] is None or account.now() < d["end"]]


def drop_used(account: Account, subscription: Thing) -> None:
    """After an invoice: those that were for one invoice, and those that are over, are gone."""
    now = account.now()
    for key in list(subscription["discounts"]):
        discount = account.objects[key]
        is_once = _coupon(account, discount)["duration"] == "once"
        if is_once or (discount["end"] is not None and discount["end"] <= now):
            subscription["discounts"].remove(key)
            discount["end"] = discount["end"] or now
            emit(account, "customer.discount.deleted", discount)


def taken_off(account: Account, discounts: list[Thing], amounts: list[int]) -> list[list[int]]:
    """For each discount, in turn, what comes off each amount, in cents. A part is rounded half up
    line by line; a fixed amount is spread in proportion, its last cent on the last line."""
    left = list(amounts)
    found = []
    for discount in discounts:
        off = _off(_coupon(account, discount), left)
        left = [amount - part for amount, part in zip(left, off, strict=True)]
        found.append(off)
    return found


def rounded(amount: Decimal) -> int:
    """Whole cents, half a cent away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _off(coupon: Thing, amounts: list[int]) -> list[int]:
    if coupon["percent_off"] is not None:
        part = Decimal(str(coupon["percent_off"])) / 100
        return [rounded(amount * part) for amount in amounts]
    total = sum(amounts)
    whole = min(coupon["amount_off"], total)
    off: list[int] = []
    seen = 0
    for amount in amounts:
        seen += amount
        off.append((rounded(Decimal(whole * seen) / total) if total else 0) - sum(off))
    return off


def _coupon(account: Account, discount: Thing) -> Thing:
    found: Thing = account.objects[discount["source"]["coupon"]]
    return found


def _made(account: Account, subscription: Thing, wanted: Thing) -> Thing:
    coupon, code = coupons.redeemable(account, wanted, subscription["customer"])
    coupons.redeem(coupon, code)
    months = {"interval": "month", "interval_count": 1}
    end = None
    if coupon["duration"] == "repeating":
        end = periods.after(account.now(), months, coupon["duration_in_months"])
    discount = account.add(
        "di",
        "discount",
        checkout_session=None,
        customer=subscription["customer"],
        customer_account=None,
        end=end,
        invoice=None,
        invoice_item=None,
        promotion_code=code and code["id"],
        source={"coupon": coupon["id"], "type": "coupon"},
        start=account.now(),
        subscription=subscription["id"],
        subscription_item=None,
    )
    del discount["created"], discount["livemode"]
    emit(account, "customer.discount.created", discount)
    return discount

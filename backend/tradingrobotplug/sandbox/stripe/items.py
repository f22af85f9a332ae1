"""What a subscription is for: its items. https://docs.stripe.com/api/subscription_items"""

from .account import Account
from .answers import sheet
from .refusals import Refusal, missing, required
from .things import Thing, follow_metadata


def sellable(account: Account, key: str, param: str) -> Thing:
    """A price that can be subscribed to. Refusal if it is inactive or paid once."""
    price = account.get("price", key, param=param)
    if not price["active"]:
        raise Refusal(
            "The price specified is inactive. This field only accepts active prices.", param=param
        )
    if price["recurring"] is None:
        raise Refusal(
            f"The price specified is set to `type=one_time` but this field only accepts prices "
            f"with `type=recurring`: {key}",
            param=param,
        )
    return price


def added(account: Account, subscription: Thing, wanted: Thing, n: int) -> Thing:
    """A new item of the subscription, whose period is still to be said."""
    if "price" not in wanted:
        raise required(f"items[{n}][price]")
    price = sellable(account, wanted["price"], f"items[{n}][price]")
    if any(item["price"]["id"] == price["id"] for item in subscription["items"]["data"]):
        raise Refusal(
            f"A subscription item with price `{price['id']}` already exists on this subscription.",
            param=f"items[{n}][price]",
        )
    item = account.add(
        "si",
        "subscription_item",
        billed_until=None,
        billing_thresholds=None,
        current_period_start=0,
        current_period_end=0,
        discounts=[],
        metadata={},
        subscription=subscription["id"],
        tax_rates=[],
    )
    del item["livemode"]
    set_price(item, price, wanted.get("quantity", 1))
    follow_metadata(item, wanted.get("metadata"))
    subscription["items"]["data"].append(item)
    return item


def set_price(item: Thing, price: Thing, quantity: int) -> None:
    """The item is for so many of this price."""
    if quantity < 1:
        raise Refusal("Invalid quantity: at least 1", param="quantity")
    item |= {"price": price, "quantity": quantity, "plan": _plan(price)}


def named(subscription: Thing, key: str) -> Thing:
    """The subscription's item with this id."""
    found: list[Thing] = [i for i in subscription["items"]["data"] if i["id"] == key]
    if not found:
        raise missing("subscription_item", key, param="items")
    return found[0]


def amount(item: Thing) -> int:
    """What a whole period of it costs, in cents, before discounts."""
    return int(item["price"]["unit_amount"]) * int(item["quantity"])


def refuse_mixed(subscription: Thing) -> None:
    """All items renew together and in one currency."""
    found = [item["price"] for item in subscription["items"]["data"]]
    if not found:
        raise Refusal("A subscription must have at least one active item.", param="items")
    if len({price["currency"] for price in found}) > 1:
        raise Refusal("All prices on a subscription must have the same `currency`.", param="items")
    rhythms = {(p["recurring"]["interval"], p["recurring"]["interval_count"]) for p in found}
    if len(rhythms) > 1:
        raise Refusal(
            "The simulated Stripe renews all items of a subscription together: their prices must "
            "have the same `recurring.interval` and `recurring.interval_count`.",
            param="items",
        )


def rhythm(subscription: Thing) -> Thing:
    """The interval of its items, as their price says."""
    found: Thing = subscription["items"]["data"][0]["price"]["recurring"]
    return found


def period(subscription: Thing) -> tuple[int, int]:
    """The current period of its items."""
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def set_period(account: Account, subscription: Thing, start: int, end: int) -> None:
    """From now on; the subscription is looked at again at its end."""
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": start, "current_period_end": end}
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = end
    account.wake(end, subscription["id"])


def listed(subscription: str) -> Thing:
    """The list that a subscription holds its items in."""
    return sheet(f"/v1/subscription_items?subscription={subscription}", [])


def _plan(price: Thing) -> Thing:
    """The same in the words of before prices."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }

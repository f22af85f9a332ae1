"""What a checkout session sells, and what of it is due today."""

from . import catalogue, coupons, discounts
from .account import Account
from .refusals import Refusal, required
from .things import Thing, new_id

_KNOWN = {"price", "price_data", "quantity"}


def lines(account: Account, wanted: list[Thing], mode: str) -> list[Thing]:
    """The session's line items. Refusal if a price doesn't go with the mode."""
    found = []
    for n, one in enumerate(wanted):
        for name in sorted(set(one) - _KNOWN):
            raise Refusal(f"The simulated Checkout does not know line_items[{n}][{name}].")
        price = _price(account, one, n)
        _refuse_other_mode(price, mode)
        quantity = one.get("quantity", 1)
        amount = price["unit_amount"] * quantity
        found.append(
            {
                "id": new_id("li"),
                "object": "item",
                "adjustable_quantity": None,
                "amount_discount": 0,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount,
                "currency": price["currency"],
                "description": account.objects[price["product"]]["name"],
                "metadata": {},
                "price": price,
                "quantity": quantity,
            }
        )
    return found


def add_up(account: Account, session: Thing) -> None:
    """The amounts due today, with the session's discounts; nothing is due for a trial."""
    found = session["_lines"]
    is_trial = has_trial(account, session)
    amounts = [0 if is_trial else line["price"]["unit_amount"] * line["quantity"] for line in found]
    named = [coupons.redeemable(account, d, session["customer"]) for d in session["_discounts"]]
    sources = [{"source": {"coupon": coupon["id"]}} for coupon, _ in named]
    table = discounts.taken_off(account, sources, amounts)
    for n, line in enumerate(found):
        off = sum(row[n] for row in table)
        line |= {"amount_subtotal": amounts[n], "amount_discount": off}
        line["amount_total"] = amounts[n] - off
    off = sum(line["amount_discount"] for line in found)
    session |= {
        "amount_subtotal": sum(amounts),
        "amount_total": sum(amounts) - off,
        "currency": found[0]["currency"],
        "discounts": [
            {"coupon": None if code else coupon["id"], "promotion_code": code and code["id"]}
            for coupon, code in named
        ],
        "total_details": {"amount_discount": off, "amount_shipping": 0, "amount_tax": 0},
    }


def has_trial(account: Account, session: Thing) -> bool:
    """Whether the subscription begins with a trial."""
    told = session["_subscription"]
    return bool(told.get("trial_period_days") or told.get("trial_end", 0) > account.now())


def needs_card(session: Thing) -> bool:
    """Whether there is something to charge, now or later."""
    is_optional = session["payment_method_collection"] == "if_required"
    if session["mode"] == "payment":
        is_optional = True
    return session["amount_total"] > 0 or not is_optional


def _price(account: Account, wanted: Thing, n: int) -> Thing:
    if "price" in wanted:
        price = account.get("price", wanted["price"], param=f"line_items[{n}][price]")
        if not price["active"]:
            raise Refusal(
                "The price specified is inactive. This field only accepts active prices.",
                param=f"line_items[{n}][price]",
            )
        return price
    told = wanted.get("price_data")
    if told is None:
        raise required(f"line_items[{n}][price]")
    if "product_data" in told:
        known = {
            name: told["product_data"][name]
            for name in ("name", "description", "metadata")
            if name in told["product_data"]
        }
        product = catalogue.create_product(account, known)
    else:
        product = account.get("product", told.get("product", ""), param="product")
    return catalogue.priced(account, told, product)


def _refuse_other_mode(price: Thing, mode: str) -> None:
    if mode == "payment" and price["recurring"]:
        raise Refusal(
            "You specified `payment` mode but passed a recurring price. Either switch to "
            "`subscription` mode or use only one-time prices."
        )
    if mode == "subscription" and not price["recurring"]:
        raise Refusal("The simulated Checkout subscribes to recurring prices alone.")

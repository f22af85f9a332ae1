"""Lines of subscriptions: whole periods, trials, and what a change within a period costs.

Proration is by the second (https://docs.stripe.com/billing/subscriptions/prorations): a credit for
what was billed of the unused time, a debit for the new price until the period's end, each rounded
to whole cents, half a cent away from zero. As in Stripe's flexible billing mode, the credit counts
what was really billed, discounts taken off.
"""

from datetime import UTC, datetime
from decimal import Decimal

from . import discounts, invoicing, items
from .account import Account
from .things import Thing


def whole(account: Account, subscription: Thing) -> list[Thing]:
    """Lines for the current period of each item."""
    found = []
    for item in subscription["items"]["data"]:
        price, quantity = item["price"], item["quantity"]
        words = f"{quantity} × {_name(account, price)} (at {_each(price)})"
        cents, period = items.amount(item), items.period(subscription)
        made = invoicing.line(price, quantity, cents, period, words)
        found.append(invoicing.of_item(made, item))
    return found


def trial(account: Account, subscription: Thing) -> list[Thing]:
    """Lines of nothing for the trial."""
    found = []
    for item in subscription["items"]["data"]:
        words = f"Trial period for {_name(account, item['price'])}"
        period = items.period(subscription)
        made = invoicing.line(item["price"], item["quantity"], 0, period, words)
        found.append(invoicing.of_item(made, item))
    return found


def note_billed(subscription: Thing, invoice: Thing) -> None:
    """Remember what each item was billed for its period: a change will credit it."""
    for line in invoice["lines"]["data"]:
        details = line["parent"]["subscription_item_details"]
        if details["proration"]:
            continue
        item = items.named(subscription, details["subscription_item"])
        off = sum(one["amount"] for one in line["discount_amounts"])
        item["_billed"] = (line["amount"] - off, line["period"]["start"], line["period"]["end"])


def credit(account: Account, subscription: Thing, item: Thing, at: int) -> None:
    """What was billed for the item's unused time, given back with the next invoice."""
    cents, start, end = item.get("_billed", (0, 0, 0))
    if cents == 0 or at >= end:
        return
    unused = -discounts.rounded(Decimal(cents * (end - max(at, start))) / (end - start))
    words = f"Unused time on {_name(account, item['price'])} after {_day(at)}"
    _wait(account, subscription, item, unused, (at, end), words)


def debit(account: Account, subscription: Thing, item: Thing, at: int) -> None:
    """The item's price until the period's end, discounts taken off, on the next invoice."""
    start, end = items.period(subscription)
    cents = items.amount(item)
    working = discounts.working(account, subscription)
    cents -= sum(row[0] for row in discounts.taken_off(account, working, [cents]))
    left = discounts.rounded(Decimal(cents * (end - at)) / (end - start))
    item["_billed"] = (left, at, end)
    if left:
        words = f"Remaining time on {_name(account, item['price'])} after {_day(at)}"
        _wait(account, subscription, item, left, (at, end), words)


def _wait(
    account: Account,
    subscription: Thing,
    item: Thing,
    cents: int,
    period: tuple[int, int],
    words: str,
) -> None:
    """An invoice item, which waits for the subscription's next invoice."""
    price = item["price"]
    told = {"subscription": subscription["id"], "subscription_item": item["id"]}
    waiting = account.add(
        "ii",
        "invoiceitem",
        amount=cents,
        currency=price["currency"],
        customer=subscription["customer"],
        customer_account=None,
        date=period[0],
        description=words,
        discountable=False,
        discounts=[],
        invoice=None,
        metadata={},
        net_amount=cents,
        parent={"subscription_details": told, "type": "subscription_details"},
        period={"start": period[0], "end": period[1]},
        pricing=invoicing.pricing(price),
        proration=True,
        quantity=item["quantity"],
        quantity_decimal=str(item["quantity"]),
        tax_rates=[],
        test_clock=None,
        _subscription=subscription["id"],
        _item={name: item[name] for name in ("id", "subscription", "metadata")},
    )
    del waiting["created"]


def _name(account: Account, price: Thing) -> str:
    return str(account.objects[price["product"]]["name"])


def _each(price: Thing) -> str:
    recurring = price["recurring"]
    count = recurring["interval_count"]
    every = recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"
    return f"${price['unit_amount'] / 100:.2f} / {every}"


def _day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%d %b %Y}"

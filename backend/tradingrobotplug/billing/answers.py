"""Stripe's answers as values of ours. Amounts are whole cents, moments aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

PLAN, ROBOT, USER = "trp_plan", "trp_robot", "trp_user"
"""Names in the metadata of prices, sessions and customers at Stripe."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """What a subscription bills. `plan_id`: None for a price that is not one of our plans."""

    id: str
    price_id: str
    plan_id: str | None
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True, slots=True)
class NextPlan:
    """What a schedule brings."""

    plan_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionSeen:
    """A subscription as Stripe shows it. `unpaid_since`: of the open invoice that made it so."""

    id: str
    customer_id: str
    status: str
    created_at: datetime
    items: tuple[Item, ...]
    cancel_at: datetime | None
    trial_end: datetime | None
    schedule_id: str | None
    unpaid_since: datetime | None
    next_plan: NextPlan | None = None


@dataclass(frozen=True, slots=True)
class InvoiceSeen:
    """An invoice. `paid_cents`: what was really paid, without credit."""

    id: str
    customer_id: str | None
    number: str | None
    status: str
    description: str
    currency: str
    total_cents: int
    paid_cents: int
    created_at: datetime
    page_url: str | None
    pdf_url: str | None


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """Money that went back."""

    id: str
    status: str
    currency: str
    cents: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ChargeSeen:
    """A payment that was taken."""

    id: str
    customer_id: str | None
    payment_id: str | None
    is_refunded: bool  # all of it
    refunded_cents: int


@dataclass(frozen=True, slots=True)
class CheckoutSeen:
    """A page to pay on. `is_paid`: nothing is owed for it any more."""

    id: str
    url: str | None
    status: str  # open | complete | expired
    mode: str  # subscription | payment
    is_paid: bool
    customer_id: str | None
    robot_id: str | None
    payment_id: str | None
    cents: int
    currency: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of plan would cost now. Lines: what for, and cents (below 0: given back)."""

    due_cents: int
    total_cents: int
    currency: str
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PriceSeen:
    """What something costs."""

    id: str
    lookup_key: str | None
    cents: int
    currency: str
    interval: str | None


@dataclass(frozen=True, slots=True)
class EventSeen:
    """Something that Stripe says has happened; what is true now must be asked."""

    id: str
    type: str
    is_live: bool
    created_at: datetime
    object_id: str
    customer_id: str | None


def subscription(raw: Raw) -> SubscriptionSeen:
    """With `latest_invoice` expanded, so that an unpaid one says since when."""
    items = tuple(_item(one) for one in raw["items"]["data"])
    end = max((one.period_end for one in items), default=None)
    return SubscriptionSeen(
        id=raw["id"],
        customer_id=_id(raw["customer"]) or "",
        status=raw["status"],
        created_at=moment(raw["created"]),
        items=items,
        cancel_at=end if raw["cancel_at_period_end"] else _moment(raw.get("cancel_at")),
        trial_end=_moment(raw.get("trial_end")),
        schedule_id=_id(raw.get("schedule")),
        unpaid_since=_unpaid_since(raw.get("latest_invoice")),
    )


def next_plan(schedule: Raw, now: datetime) -> NextPlan | None:
    """The first phase of a schedule that is yet to come, if it changes to one of our plans."""
    for phase in schedule["phases"]:
        start = moment(phase["start_date"])
        plan_id = phase["items"][0]["price"]["metadata"].get(PLAN)
        if start > now and plan_id:
            return NextPlan(plan_id, start)
    return None


def invoice(raw: Raw) -> InvoiceSeen:
    """One invoice; described by its lines."""
    lines = [line["description"] for line in raw["lines"]["data"] if line.get("description")]
    return InvoiceSeen(
        id=raw["id"],
        customer_id=_id(raw.get("customer")),
        number=raw.get("number"),
        status=raw["status"],
        description=raw.get("description") or "; ".join(lines),
        currency=raw["currency"],
        total_cents=raw["total"],
        paid_cents=raw["amount_paid"],
        created_at=moment(raw["created"]),
        page_url=raw.get("hosted_invoice_url"),
        pdf_url=raw.get("invoice_pdf"),
    )


def refund(raw: Raw) -> RefundSeen:
    """One refund."""
    return RefundSeen(
        raw["id"],
        raw["status"] or "pending",
        raw["currency"],
        raw["amount"],
        moment(raw["created"]),
    )


def charge(raw: Raw) -> ChargeSeen:
    """One charge."""
    return ChargeSeen(
        raw["id"],
        _id(raw.get("customer")),
        _id(raw.get("payment_intent")),
        raw["refunded"],
        raw["amount_refunded"],
    )


def checkout(raw: Raw) -> CheckoutSeen:
    """One session. A session that is complete need not be paid: some payments take days."""
    return CheckoutSeen(
        id=raw["id"],
        url=raw.get("url"),
        status=raw["status"],
        mode=raw["mode"],
        is_paid=raw["status"] == "complete" and raw["payment_status"] != "unpaid",
        customer_id=_id(raw.get("customer")),
        robot_id=(raw.get("metadata") or {}).get(ROBOT),
        payment_id=_id(raw.get("payment_intent")),
        cents=raw.get("amount_total") or 0,
        currency=raw.get("currency") or "usd",
        created_at=moment(raw["created"]),
    )


def preview(raw: Raw) -> Preview:
    """An invoice that does not exist yet."""
    lines = ((line["description"] or "", line["amount"]) for line in raw["lines"]["data"])
    return Preview(raw["amount_due"], raw["total"], raw["currency"], tuple(lines))


def price(raw: Raw) -> PriceSeen:
    """One price."""
    recurring = raw.get("recurring")
    interval = recurring["interval"] if recurring else None
    return PriceSeen(
        raw["id"], raw.get("lookup_key"), raw["unit_amount"], raw["currency"], interval
    )


def event(raw: Raw) -> EventSeen:
    """One event; of a customer's own events the customer is the object itself."""
    about = raw["data"]["object"]
    customer = about["id"] if about["object"] == "customer" else _id(about.get("customer"))
    return EventSeen(
        id=raw["id"],
        type=raw["type"],
        is_live=raw["livemode"],
        created_at=moment(raw["created"]),
        # Of a dispute, what is asked for is the charge.
        object_id=_id(about["charge"]) or "" if about["object"] == "dispute" else about["id"],
        customer_id=customer,
    )


def moment(seconds: int) -> datetime:
    """Seconds since 1970 as an aware moment."""
    return datetime.fromtimestamp(seconds, UTC)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else moment(seconds)


def _id(reference: Any) -> str | None:
    """Of something that may be expanded."""
    found: str | None = reference["id"] if isinstance(reference, Mapping) else reference
    return found


def _unpaid_since(invoice: Any) -> datetime | None:
    if not isinstance(invoice, Mapping) or invoice["status"] not in ("open", "uncollectible"):
        return None
    return moment(invoice["created"])


def _item(raw: Raw) -> Item:
    return Item(
        id=raw["id"],
        price_id=raw["price"]["id"],
        plan_id=(raw["price"].get("metadata") or {}).get(PLAN),
        period_start=moment(raw["current_period_start"]),
        period_end=moment(raw["current_period_end"]),
    )

"""Refunds and disputes: https://docs.stripe.com/api/refunds, https://docs.stripe.com/api/disputes."""

from . import collecting
from .account import Account
from .answers import PAGING, included, matching, page, sheet
from .door import call
from .events import changing, emit
from .refusals import Refusal, required
from .things import Thing, follow_metadata

DAY = collecting.DAY


@call("POST", "/refunds", "RefundCreateParams", "amount charge metadata payment_intent reason")
def create(account: Account, given: Thing) -> Thing:
    """Give back a charge, or a part of what is left of it."""
    charge = _charge(account, given)
    amount = given.get("amount", charge["amount_captured"] - charge["amount_refunded"])
    _refuse_more(charge, amount)
    empty = (
        "balance_transaction customer_account failure_balance_transaction failure_reason "
        "payment_method receipt_number source_transfer_reversal transfer_reversal"
    )
    refund = account.add(
        "re",
        "refund",
        **dict.fromkeys(empty.split()),
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        destination_details={"card": {"type": "refund"}, "type": "card"},
        metadata={},
        payment_intent=charge["payment_intent"],
        reason=given.get("reason"),
        status="succeeded",
    )
    del refund["livemode"]
    follow_metadata(refund, given.get("metadata"))
    with changing(account, "charge.refunded", charge):
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    emit(account, "refund.created", refund)
    return refund


@call("GET", "/refunds", "RefundListParams", f"{PAGING} created charge payment_intent")
def list_refunds(account: Account, given: Thing) -> Thing:
    """Newest first."""
    return page(
        "/v1/refunds", matching(account.of("refund"), given, "charge payment_intent"), given
    )


@call("GET", "/refunds/<key>", "RefundRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One refund."""
    return account.get("refund", key)


@included("charge", "refunds")
def refunds(account: Account, charge: Thing) -> Thing:
    """Where they are asked for."""
    found = matching(account.of("refund"), {"charge": charge["id"]}, "charge")
    return sheet(f"/v1/charges/{charge['id']}/refunds", found)


@call("GET", "/disputes", "DisputeListParams", f"{PAGING} created charge payment_intent")
def list_disputes(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("dispute"), given, "charge payment_intent")
    return page("/v1/disputes", found, given)


@call("GET", "/disputes/<key>", "DisputeRetrieveParams")
def retrieve_dispute(account: Account, given: Thing, key: str) -> Thing:
    """One dispute."""
    return account.get("dispute", key)


@call("POST", "/disputes/<key>/close", "DisputeCloseParams")
def close_dispute(account: Account, given: Thing, key: str) -> Thing:
    """Give in."""
    return end_dispute(account, account.get("dispute", key), "lost")


def disputed(account: Account, charge: Thing, reason: str) -> Thing:
    """The customer has asked the bank for the money back."""
    now = account.now()
    dispute = account.add(
        "du",
        "dispute",
        amount=charge["amount"] - charge["amount_refunded"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={"enhanced_evidence": {}},
        evidence_details={
            "due_by": now + 9 * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={
            "card": {
                "brand": "visa",
                "case_type": "chargeback",
                "network": "visa",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        reason=reason,
        status="needs_response",
    )
    charge["disputed"] = True
    emit(account, "charge.dispute.created", dispute)
    emit(account, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def end_dispute(account: Account, dispute: Thing, status: str) -> Thing:
    """The bank has decided: won or lost."""
    if dispute["status"] in ("won", "lost"):
        raise Refusal("This dispute is already closed.")
    dispute["status"] = status
    emit(account, "charge.dispute.closed", dispute)
    if status == "won":
        emit(account, "charge.dispute.funds_reinstated", dispute)
    return dispute


def _refuse_more(charge: Thing, amount: int) -> None:
    """Than is left of the charge."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if charge["disputed"]:
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if not 0 < amount <= left:
        raise Refusal(
            f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge "
            f"(${left / 100:.2f})",
            param="amount",
        )


def _charge(account: Account, given: Thing) -> Thing:
    if "charge" in given:
        charge = account.get("charge", given["charge"], param="charge")
    elif "payment_intent" in given:
        key = given["payment_intent"]
        intent = account.get("payment_intent", key, param="payment_intent")
        if intent["status"] != "succeeded":
            raise Refusal(
                f"This PaymentIntent ({key}) does not have a successful charge to refund."
            )
        charge = account.objects[intent["latest_charge"]]
    else:
        raise required("charge")
    if not charge["paid"]:
        raise Refusal(f"Charge {charge['id']} was not successful, so it can't be refunded.")
    return charge

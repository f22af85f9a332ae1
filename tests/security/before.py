"""What must have happened for an operation to be possible, and what it is then called with."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete

from tests.accounts.authenticator import begin_for, enrol_for
from tests.accounts.signing import PASSWORD
from tests.billing.shop import WAY, pay
from tests.bots.traders import live_account
from tests.security.conftest import Owner
from tradingrobotplug import clock, db
from tradingrobotplug.billing import (
    changes,
    checkout,
    customers,
    records,
    shop,
    subscriptions,
)
from tradingrobotplug.bots import confirmation, going_live
from tradingrobotplug.bots.terms import YOUR_ALERTS
from tradingrobotplug.models import Bot, Position, Transaction, User
from tradingrobotplug.robots import catalogue


def has_left(owner: Owner) -> dict[str, Any]:
    with db.transaction() as session:
        session.get_one(User, owner.user.id).leaving_at = clock.now()
    return {}


def has_begun(owner: Owner) -> dict[str, Any]:
    return {"json": {"totp_code": begin_for(owner.user).code()}}


def has_enrolled(owner: Owner) -> dict[str, Any]:
    enrol_for(owner.user)
    return {}


def has_a_code(owner: Owner) -> dict[str, Any]:
    return {"json": {"password": PASSWORD, "totp_code": enrol_for(owner.user).code()}}


def is_flat(owner: Owner) -> dict[str, Any]:
    with db.transaction() as session:
        session.execute(delete(Position).where(Position.user_id == owner.user.id))
    return {}


def is_live(owner: Owner) -> dict[str, Any]:
    with db.transaction() as session:
        session.get_one(Bot, owner.ids["bot_id"]).trading_mode = "live"
    return is_flat(owner)


def may_go_live(owner: Owner) -> dict[str, Any]:
    account = live_account(owner.user, 7)
    offer = {"trading_account_id": str(account.id), "capital": "1000"}
    return is_flat(owner) | {"json": offer}


def has_seen_the_terms(owner: Owner) -> dict[str, Any]:
    account_id = UUID(may_go_live(owner)["json"]["trading_account_id"])
    with db.transaction() as session:
        bot = session.get_one(Bot, owner.ids["bot_id"])
        seen = going_live.terms(session, bot, account_id, Decimal(1000), YOUR_ALERTS, clock.now())
    what = confirmation.Confirmed(account_id, Decimal(1000), seen.fingerprint)
    secret = current_app.config["TRP"].jwt_secret
    value = confirmation.signed(secret, owner.user.id, bot.id, what, clock.now())
    return {"json": {"confirmation": value}}


def all_on_sale(_: Owner) -> dict[str, Any]:
    shop.stock(catalogue.robots().values())
    return {}


def has_bought(owner: Owner) -> dict[str, Any]:
    all_on_sale(owner)
    pay(checkout.buy_plan(owner.user.id, "mid", WAY, None, clock.now()))
    with db.transaction() as session:
        customer = customers.of_user(session, owner.user.id)
    assert customer is not None
    subscriptions.refresh(owner.user.id, customer.stripe_id, clock.now())
    return {}


def has_cancelled(owner: Owner) -> dict[str, Any]:
    has_bought(owner)
    changes.cancel(owner.user.id, clock.now())
    return {}


def has_an_invoice(owner: Owner) -> dict[str, Any]:
    has_bought(owner)
    with db.transaction() as session:
        customer = customers.of_user(session, owner.user.id)
        assert customer is not None
        invoice, *_ = records.invoices_of(customer.stripe_id)  # Stripe knows the user from before
        session.get_one(Transaction, UUID(owner.ids["transaction_id"])).stripe_id = invoice.id
    return {}


BEFORE: dict[str, Callable[[Owner], dict[str, Any]]] = {
    "POST /api/users/me/restore": has_left,
    "POST /api/auth/2fa/confirm": has_begun,
    "POST /api/auth/2fa/backup-codes": has_enrolled,
    "POST /api/auth/2fa/disable": has_enrolled,
    "POST /api/auth/step-up": has_a_code,
    "POST /api/subscription/checkout": all_on_sale,
    "POST /api/subscription/preview": has_bought,
    "POST /api/subscription/change": has_bought,
    "POST /api/subscription/cancel": has_bought,
    "POST /api/subscription/resume": has_cancelled,
    "POST /api/subscription/portal": has_bought,
    "GET /api/transactions/{transaction_id}/receipt": has_an_invoice,
    "POST /api/robots/{robot_id}/purchase": all_on_sale,
    "POST /api/bots/{bot_id}/account": is_flat,
    "POST /api/bots/{bot_id}/live/terms": may_go_live,
    "POST /api/bots/{bot_id}/live": has_seen_the_terms,
    "POST /api/bots/{bot_id}/paper": is_live,
}

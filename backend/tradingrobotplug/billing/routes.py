"""HTTP in and out for subscriptions and payments. Stripe is asked between transactions."""

import uuid
from typing import Any

from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock
from ..accounts import audit
from ..db import transaction
from ..errors import NotFound
from ..web.auth import caller, freshly_proved, signed_in, with_scope
from ..web.idempotency import idempotent
from ..web.limits import client_address, strictly
from ..web.openapi import guarded, keyed
from ..web.paging import page_of
from ..web.schemas import Paging
from . import changes, checkout, records, return_urls, schemas, transactions, view

blueprint = Blueprint(
    "billing", __name__, url_prefix="/api", description="Subscriptions and payments"
)

Answer = dict[str, Any]


@blueprint.get("/subscription")
@keyed(blueprint)
@with_scope("read")
@blueprint.response(200, schemas.OwnSubscription)
def show_subscription() -> Answer:
    """The caller's plan, what was bought, what is to come, and what is used up"""
    with transaction() as session:
        return view.of_subscription(session, caller().user_id, clock.now())


@blueprint.post("/subscription/checkout")
@strictly
@guarded(blueprint, 409, 422)
@signed_in
@idempotent
@blueprint.arguments(schemas.PlanPurchase)
@blueprint.response(201, schemas.Address)
def buy_plan(given: Answer) -> Answer:
    """The address of a page of Stripe's to subscribe on; nothing changes before it is paid"""
    url = checkout.buy_plan(
        caller().user_id, given["plan"], _way(given["return_url"]), given["code"], clock.now()
    )
    return {"url": url}


@blueprint.post("/subscription/preview")
@guarded(blueprint, 409, 422)
@signed_in
@blueprint.arguments(schemas.WantedPlan)
@blueprint.response(200, schemas.ChangePreview)
def preview_change(given: Answer) -> Answer:
    """What changing to a plan would mean and cost at this second; nothing changes"""
    offer = changes.preview(caller().user_id, given["plan"], clock.now())
    found = offer.preview
    lines = found.lines if found else ()
    return {
        "plan": offer.plan.id,
        "title": offer.plan.title,
        "way": offer.way,
        "effective_at": offer.at,
        "due_cents": found.due_cents if found else 0,
        "credit_cents": max(-found.total_cents, 0) if found else 0,
        "currency": found.currency if found else offer.plan.currency.lower(),
        "lines": [{"description": text, "amount_cents": cents} for text, cents in lines],
        "price_cents": offer.plan.price_cents,
    }


@blueprint.post("/subscription/change")
@strictly
@guarded(blueprint, 409, 422)
@signed_in
@freshly_proved
@idempotent
@blueprint.arguments(schemas.WantedChange)
@blueprint.response(200, schemas.OwnSubscription)
def change_plan(given: Answer) -> Answer:
    """Change the plan: up at once with the difference billed, down with the next period

    A payment that fails leaves everything as it is.
    """
    now, user_id = clock.now(), caller().user_id
    way = changes.change(user_id, given["plan"], given["shown_at"], now)
    return _shown("changed", plan=given["plan"], way=way)


@blueprint.post("/subscription/cancel")
@guarded(blueprint, 409)
@signed_in
@freshly_proved
@blueprint.response(200, schemas.OwnSubscription)
def cancel() -> Answer:
    """End the subscription with the period that is paid for; until then everything works"""
    changes.cancel(caller().user_id, clock.now())
    return _shown("cancelled")


@blueprint.post("/subscription/resume")
@guarded(blueprint, 409)
@signed_in
@freshly_proved
@blueprint.response(200, schemas.OwnSubscription)
def resume() -> Answer:
    """Let the subscription go on as it is, whatever was to come"""
    changes.resume(caller().user_id, clock.now())
    return _shown("resumed")


@blueprint.post("/subscription/portal")
@strictly
@guarded(blueprint, 409, 422)
@signed_in
@freshly_proved
@blueprint.arguments(schemas.Return)
@blueprint.response(201, schemas.Address)
def open_portal(given: Answer) -> Answer:
    """The address of Stripe's page for the caller's cards and invoices"""
    with transaction() as session:
        back = return_urls.allowed(session, caller(), given["return_url"], _ours())
    return {"url": checkout.open_portal(caller().user_id, back)}


@blueprint.get("/transactions")
@guarded(blueprint, 422)
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, schemas.TransactionList)
def list_transactions(paging: dict[str, int]) -> Answer:
    """The caller's invoices, payments for robots and refunds, newest first"""
    with transaction() as session:
        mine = transactions.transactions_of(caller().user_id)
        found, total = page_of(session, mine, **paging)
    return {"transactions": found, "total": total, **paging}


@blueprint.get("/transactions/<uuid:transaction_id>/receipt")
@guarded(blueprint, 404)
@signed_in
@blueprint.response(200, schemas.Receipt)
def show_receipt(transaction_id: uuid.UUID) -> Answer:
    """Where an invoice or receipt can be seen; an invoice also as PDF"""
    with transaction() as session:
        row = transactions.receipted(session, caller().user_id, transaction_id)
    if row.kind == "payment":
        return {"page_url": records.receipt_of(row.stripe_id), "pdf_url": None}
    found = records.links_of(row.stripe_id)
    return {"page_url": found[0], "pdf_url": found[1]}


@blueprint.get("/robot-access")
@keyed(blueprint)
@with_scope("read")
@blueprint.response(200, schemas.RobotAccessList)
def list_access() -> Answer:
    """Which robots the caller may run and change, why, and what would let them"""
    known, user_id = current_app.config["ROBOTS"].values(), caller().user_id
    with transaction() as session:
        return {
            "robots": view.of_robots(session, user_id, known, clock.now()),
            "parameters": view.of_tuning(session, user_id),
        }


@blueprint.post("/robots/<string:robot_id>/purchase")
@strictly
@guarded(blueprint, 404, 409, 422)
@signed_in
@idempotent
@blueprint.arguments(schemas.Purchase)
@blueprint.response(201, schemas.Address)
def buy_robot(given: Answer, robot_id: str) -> Answer:
    """The address of a page of Stripe's to buy a robot on, paid once"""
    robot = current_app.config["ROBOTS"].get(robot_id)
    if robot is None or robot.price_cents is None:
        raise NotFound("robot_not_found", "There is no such robot on sale.")
    way = _way(given["return_url"])
    return {"url": checkout.buy_robot(caller().user_id, robot_id, way, given["code"], clock.now())}


def _way(url: str) -> checkout.Way:
    with transaction() as session:
        return return_urls.way_back(return_urls.allowed(session, caller(), url, _ours()))


def _ours() -> list[str]:
    settings = current_app.config["TRP"]
    return [settings.public_url, *filter(None, settings.cors_origins.split(","))]


def _shown(what: str, **details: str) -> Answer:
    with transaction() as session:
        _note(session, what, **details)
        return view.of_subscription(session, caller().user_id, clock.now())


def _note(session: Session, what: str, **details: str) -> None:
    user_id = caller().user_id
    audit.record(
        session,
        f"subscription.{what}",
        clock.now(),
        user_id=user_id,
        object_id=user_id,
        address=client_address(),
        **details,
    )

"""Worker entry points for billing."""

from .. import clock, logs
from ..db import transaction
from ..errors import NotFound, ServiceError
from ..models import StripeEvent
from . import (
    customers,
    enquiries,
    grace,
    happenings,
    inbox,
    leavers,
    notices,
    pages,
    robots,
    stripe_api,
)

_AT_ONCE = 50


def process(event_id: str) -> None:
    """Work off one event of Stripe's; nothing if it is done, or not due. Twice is harmless."""
    with transaction() as session:
        event = inbox.claim(session, event_id, clock.now())
    if event is None:
        return
    with logs.about(stripe_event=event.id, type=event.type):
        _work_off(event)


def sweep() -> None:
    """Work off the events whose ring was lost or that failed. Run by the scheduler."""
    if stripe_api.mode() == "off":
        return
    with transaction() as session:
        waiting = inbox.due(session, clock.now(), _AT_ONCE)
    for event_id in waiting:
        with logs.apart("billing.event_failed", stripe_event=event_id):
            process(event_id)


def watch() -> None:
    """What time brings: the end of a grace, warnings, usage, access that ends. By the scheduler."""
    now = clock.now()
    with transaction() as session:
        grace.end_due(session, now)
        grace.warn(session, now)
    with transaction() as session:
        robots.end_expired(session, now)
        notices.usage(session, now)


def let_go() -> None:
    """End at Stripe what belongs to accounts that leave, or are gone. Run by the scheduler."""
    if stripe_api.mode() == "off":
        return
    now = clock.now()
    with transaction() as session:
        leaving, gone = leavers.leaving(session), customers.abandoned(session)
    for user_id in leaving:
        with logs.apart("billing.not_ended", user_id=user_id):
            leavers.end_with_period(user_id, now)
    for customer_id in gone:
        with logs.apart("billing.not_forgotten", customer=customer_id):
            _forget(customer_id)


def pass_enquiries_on() -> None:
    """Mail the operator what no server has taken yet. Run by the scheduler; twice is harmless."""
    with transaction() as session:
        enquiries.pass_on(session, clock.now(), _AT_ONCE)


def prune() -> None:
    """Forget old events and enquiries. Run hourly."""
    with transaction() as session:
        inbox.prune(session, clock.now())
        enquiries.prune(session, clock.now())


def _forget(customer_id: str) -> None:
    try:
        pages.delete_customer(customer_id)
    except NotFound:
        logs.event("billing.customer_gone", customer=customer_id)
    with transaction() as session:
        customers.forget(session, customer_id)


def _work_off(event: StripeEvent) -> None:
    now = clock.now()
    try:
        word = happenings.carry_out(event, now)
    except ServiceError as error:
        with transaction() as session:
            inbox.fail(session, event, error, now)
        return
    with transaction() as session:
        inbox.conclude(session, event.id, word, now)
    logs.event("billing.event_done", word=word)

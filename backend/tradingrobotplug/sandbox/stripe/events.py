"""What happened, told as Stripe's events."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

from .account import Account
from .answers import PAGING, matching, page, public, shown
from .door import call
from .refusals import missing
from .things import API_VERSION, Thing, new_id


def emit(account: Account, kind: str, thing: Thing, previous: Thing | None = None) -> None:
    """Note that this happened to the object, as it is now, and hand it to the deliveries."""
    if account.is_rehearsing:
        return
    told: Thing = {"object": public(thing)}
    if previous is not None:
        told["previous_attributes"] = public(previous)
    event: Thing = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": account.now(),
        "data": told,
        "livemode": False,
        "pending_webhooks": 0,
        "request": dict(account.cause),
        "type": kind,
    }
    account.events[event["id"]] = event
    account.outbox.put(event, account.of("webhook_endpoint"))


@contextmanager
def changing(account: Account, kind: str, thing: Thing) -> Iterator[None]:
    """Tell, with what was before, if what is done inside changes the object."""
    before = copy.deepcopy(thing)
    yield
    previous = {n: before.get(n) for n in thing if before.get(n) != thing[n] and n[0] != "_"}
    if previous:
        emit(account, kind, thing, previous)


@call("GET", "/events", "EventListParams", f"{PAGING} created type types")
def list_events(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(list(reversed(account.events.values())), given, "type")
    if "types" in given:
        found = [event for event in found if event["type"] in given["types"]]
    return page("/v1/events", found, given)


@call("GET", "/events/<key>", "EventRetrieveParams")
def retrieve_event(account: Account, given: Thing, key: str) -> Thing:
    """One event, as it was told."""
    if key not in account.events:
        raise missing("event", key)
    return shown(account, account.events[key])

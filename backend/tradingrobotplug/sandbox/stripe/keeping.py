"""The account's books in a file, so that a restart of the sandbox finds everybody again.

Written whole before a change is answered, and put in the place of the old one at once. An object
that stands in another one (a price in an item, an item in its subscription) is one object there,
too: the file names it by its id.
"""

import json
import os
from pathlib import Path
from typing import Any

from .account import Account, Answered
from .things import Thing

_SAME = "_same_as"
_MOST_ANSWERS = 500  # with an idempotency key; Stripe forgets them after a day
_EVENTS_KEPT_SECONDS = 30 * 86_400  # as long as Stripe keeps them


def keep(account: Account) -> None:
    """Write what has changed, if the account is kept in a file."""
    if account.kept_in is None:
        return
    with account.lock:
        if account.is_changed:
            _write(account.kept_in, json.dumps(_books(account)))
            account.is_changed = False


def load(account: Account, address: str | None) -> None:
    """Go on from the file, if there is one. `address`: where this sandbox is found now; pages that
    were found at another one move there. Events that some endpoint has not taken are sent again."""
    if account.kept_in is None or not account.kept_in.exists():
        return
    text = account.kept_in.read_text()
    before = json.loads(text)["address"]
    if address is not None:
        text = text.replace(f'"{before}/stripe/', f'"{address}/stripe/')
    books = json.loads(text)
    lasting = {key: thing for key, thing in account.objects.items() if "_is_lasting" in thing}
    account.objects = _joined(books["objects"]) | lasting
    account.events = books["events"]
    account.alarms = [(moment, rung, key) for moment, rung, key in books["alarms"]]
    account.rung = books["rung"]
    account.offset_seconds = books["offset_seconds"]
    account.after_retries = books["after_retries"]
    account.answered = {
        key: Answered((path, given), request, status, body)
        for key, ((path, given), request, status, body) in books["answered"].items()
    }
    for event in account.events.values():
        if event["pending_webhooks"]:
            account.outbox.put(event, account.of("webhook_endpoint"))


def _books(account: Account) -> dict[str, Any]:
    known = {id(thing): key for key, thing in account.objects.items()}
    oldest = account.now() - _EVENTS_KEPT_SECONDS
    answered = list(account.answered.items())[-_MOST_ANSWERS:]
    return {
        "address": account.address,
        "offset_seconds": account.offset_seconds,
        "after_retries": account.after_retries,
        "objects": {
            key: {name: _plain(value, known) for name, value in thing.items()}
            for key, thing in account.objects.items()
            if "_is_lasting" not in thing
        },
        "events": {k: event for k, event in account.events.items() if event["created"] >= oldest},
        "alarms": account.alarms,
        "rung": account.rung,
        "answered": {key: (one.asked, one.request, one.status, one.body) for key, one in answered},
    }


def _plain(value: Any, known: dict[int, str]) -> Any:
    """As JSON has it, the account's objects by their ids."""
    if isinstance(value, dict):
        if id(value) in known:
            return {_SAME: known[id(value)]}
        return {name: _plain(inner, known) for name, inner in value.items()}
    return [_plain(inner, known) for inner in value] if isinstance(value, list) else value


def _joined(objects: dict[str, Thing]) -> dict[str, Thing]:
    """The objects, each one again wherever it was named."""
    for thing in objects.values():
        for name, value in thing.items():
            thing[name] = _with(value, objects)
    return objects


def _with(value: Any, objects: dict[str, Thing]) -> Any:
    if isinstance(value, dict):
        if _SAME in value:
            return objects[value[_SAME]]
        return {name: _with(inner, objects) for name, inner in value.items()}
    return [_with(inner, objects) for inner in value] if isinstance(value, list) else value


def _write(path: Path, text: str) -> None:
    """Whole or not at all; for its owner only: it holds the endpoints' secrets."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    fresh.replace(path)

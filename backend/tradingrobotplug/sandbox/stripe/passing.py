"""Time goes on: whatever was due by now is done, each thing at its own moment."""

import threading
import weakref

from . import checkout, collecting, cycles, keeping, sessions
from .account import Account
from .things import Thing

_TICK_SECONDS = 1.0


def catch_up(account: Account) -> None:
    """Live up to now. Hold the account's lock."""
    until = account.now()
    while (found := account.due(until)) is not None:
        moment, key = found
        account.is_changed = True
        thing = account.objects.get(key)
        if thing is not None:
            with account.at(moment):
                _wake(account, thing)


def start(account: Account, address: str | None) -> None:
    """Go on from where the file was left, living and delivering in a thread of its own, from the
    first request on: gunicorn forks after the application was made, threads don't come along, and
    a process that takes another's place must find what that one has written."""
    with account.lock:
        if account.is_living:
            return
        keeping.load(account, address)
        account.is_living = True
    threading.Thread(target=_live, args=[weakref.ref(account)], daemon=True).start()


def _live(found: "weakref.ref[Account]") -> None:
    while (account := found()) is not None:
        with account.lock:
            catch_up(account)
            keeping.keep(account)
        for delivery in account.outbox.take(_TICK_SECONDS):
            account.outbox.send(delivery)


def _wake(account: Account, thing: Thing) -> None:
    if thing["object"] == "subscription":
        cycles.wake(account, thing)
    elif thing["object"] == "invoice":
        collecting.wake(account, thing)
    elif thing["object"] == "payment_intent":
        checkout.wake(account, thing)
    elif thing["object"] == "checkout.session":
        sessions.wake(account, thing)

"""A sandbox that keeps its books in a file finds everybody again after a restart."""

import json
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from werkzeug.serving import make_server

from tests.venues import KEY, SECRET, Sandbox
from tradingrobotplug.sandbox.app import create_app
from tradingrobotplug.sandbox.stripe import keeping
from tradingrobotplug.sandbox.stripe.account import Account

from .shop import DAY, PAYS, WEBHOOK_SECRET, Shop, listening, opened, pay
from .shop import KEY as STRIPE_KEY


@contextmanager
def started(state: Path) -> Iterator[tuple[Sandbox, Account]]:
    """One life of a sandbox, at a port of its own."""
    server = make_server("127.0.0.1", 0, lambda *_: None, threaded=True)  # type: ignore[arg-type]
    url = f"http://127.0.0.1:{server.server_port}"
    variables = {"SANDBOX_KEY": KEY, "SANDBOX_SECRET": SECRET, "SANDBOX_STRIPE_STATE": str(state)}
    app = create_app(variables | {"SANDBOX_STRIPE_ADDRESS": url})
    server.app = app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Sandbox(url), app.config["STRIPE"]
    server.shutdown()
    thread.join()
    server.server_close()


def again(sandbox: Sandbox, prices: dict[str, str]) -> Shop:
    address = {"api": f"{sandbox.url}/stripe"}
    return Shop(sandbox, stripe.StripeClient(STRIPE_KEY, base_addresses=address), prices)


def books(shop: Shop) -> dict[str, Any]:
    """All that can be read, without the addresses of pages."""
    lists = {
        "customers": shop.v1.customers,
        "subscriptions": shop.v1.subscriptions,
        "invoices": shop.v1.invoices,
        "prices": shop.v1.prices,
        "intents": shop.v1.payment_intents,
        "events": shop.v1.events,
    }
    read = {name: json.loads(str(found.list({"limit": 100}))) for name, found in lists.items()}
    found: dict[str, Any] = json.loads(json.dumps(read).replace(shop.sandbox.url, ""))
    newest = found["events"].pop("data")
    oldest = newest[0]["created"] - 29 * DAY
    found["events"] = [e | {"pending_webhooks": 0} for e in newest if e["created"] > oldest]
    return found


def test_a_restart_keeps_customers_subscriptions_invoices_and_the_clock(tmp_path: Path) -> None:
    state = tmp_path / "stripe.json"
    with started(state) as (sandbox, _):
        shop = opened(sandbox)
        subscription = shop.subscribed("low")
        shop.changed(shop.subscribed("mid"), "premium", "always_invoice")
        shop.tell("clock", advance_seconds=40 * DAY)
        unpaid = shop.session("premium", client_reference_id="somebody")
        before, prices = books(shop), shop.prices
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    with started(state) as (sandbox, account):
        shop = again(sandbox, prices)
        assert books(shop) == before
        # A page that was opened before is found at the new address.
        page = shop.v1.checkout.sessions.retrieve(unpaid.id)
        assert page.url.startswith(sandbox.url)
        assert pay(page, PAYS).status_code == 303
        assert shop.v1.checkout.sessions.retrieve(unpaid.id).status == "complete"
        # One month renewed before, one after: the alarms and the clock are there as well.
        assert len(shop.v1.invoices.list({"subscription": subscription.id}).data) == 2
        shop.tell("clock", advance_seconds=31 * DAY)
        assert len(shop.v1.invoices.list({"subscription": subscription.id}).data) == 3
        # What stands in another object is that object.
        price, item = account.objects[prices["low"]], subscription["items"].data[0].id
        assert account.objects[item]["price"] is price
        [line] = account.objects[subscription.id]["items"]["data"]
        assert line is account.objects[item]


def test_an_idempotency_key_holds_over_a_restart(tmp_path: Path) -> None:
    state, ids = tmp_path / "stripe.json", []
    for _ in range(2):
        with started(state) as (sandbox, _):
            made = requests.post(
                f"{sandbox.url}/stripe/v1/customers",
                data={"email": "a@example.com"},
                headers={"Authorization": f"Bearer {STRIPE_KEY}", "Idempotency-Key": "once"},
                timeout=10,
            )
            ids.append(made.json()["id"])
    assert ids[0] == ids[1]


def test_events_that_were_not_taken_are_sent_after_the_restart(tmp_path: Path) -> None:
    state = tmp_path / "stripe.json"
    with listening() as endpoint:
        with started(state) as (sandbox, _):
            shop = again(sandbox, {})
            shop.tell("endpoint", url=endpoint.url, secret=WEBHOOK_SECRET)
            shop.tell("deliveries", is_held=True)
            customer = shop.v1.customers.create({"email": "a@example.com"})
        with started(state) as (sandbox, _):
            sent = again(sandbox, {}).settled()
    assert [(one["type"], one["status"]) for one in sent] == [("customer.created", 200)]
    assert customer.id


def test_a_reset_is_kept_as_well(tmp_path: Path) -> None:
    state = tmp_path / "stripe.json"
    with started(state) as (sandbox, _):
        again(sandbox, {}).v1.customers.create({"email": "a@example.com"})
        again(sandbox, {}).tell("reset")
    with started(state) as (_, account):
        keeping.load(account, None)
        assert account.objects == {}


def test_a_write_that_is_cut_off_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "stripe.json"
    account = Account("sk_test_x", kept_in=state, is_changed=True)
    keeping.keep(account)
    before = state.read_text()
    account.add("cus", "customer")
    account.is_changed = True
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("cut off")))
    with pytest.raises(OSError, match="cut off"):
        keeping.keep(account)
    assert state.read_text() == before

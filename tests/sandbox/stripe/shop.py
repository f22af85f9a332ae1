"""A shop at the simulated Stripe, spoken to by the real SDK, and the endpoint that it tells."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
import stripe

from tests.venues import Sandbox

KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_of_the_test"
DAY = 86_400
JANUARY = 1_800_000_000 - 1_800_000_000 % DAY  # 2027-01-15 00:00:00 UTC
PAYS, DECLINED = "4242424242424242", "4000000000000002"
ASKS, FAILS_LATER = "4000002500003155", "4000000000000341"


@dataclass(slots=True)
class Shop:
    """Two plans and a robot on sale."""

    sandbox: Sandbox
    client: stripe.StripeClient
    prices: dict[str, str] = field(default_factory=dict)

    @property
    def v1(self) -> Any:
        return self.client.v1

    def tell(self, what: str, **body: Any) -> Any:
        """POST /sandbox/stripe/<what>."""
        return self.sandbox.tell(f"stripe/{what}", **body)

    def settled(self) -> list[dict[str, Any]]:
        """What was sent, once nothing waits any more."""
        answer = self.sandbox.get("/sandbox/stripe/deliveries", settle=10).json()
        assert answer["waiting"] == 0
        sent: list[dict[str, Any]] = answer["attempts"]
        return sent

    def customer(self, token: str = "pm_card_visa", **more: Any) -> Any:
        """One with a card."""
        customer = self.v1.customers.create({"email": "trader@example.com", **more})
        method = self.v1.payment_methods.attach(token, {"customer": customer.id})
        settings = {"default_payment_method": method.id}
        return self.v1.customers.update(customer.id, {"invoice_settings": settings})

    def subscribed(self, plan: str = "mid", token: str = "pm_card_visa", **more: Any) -> Any:
        """A subscription of a new customer."""
        wanted = {"customer": self.customer(token).id, "items": [{"price": self.prices[plan]}]}
        return self.v1.subscriptions.create(wanted | more)

    def subscription(self, key: str) -> Any:
        """As it is now, with its latest invoice."""
        return self.v1.subscriptions.retrieve(key, {"expand": ["latest_invoice"]})

    def changed(self, subscription: Any, plan: str, behavior: str, **more: Any) -> Any:
        """The first item for another plan."""
        items = [{"id": subscription["items"].data[0].id, "price": self.prices[plan]}]
        wanted = {"items": items, "proration_behavior": behavior, "expand": ["latest_invoice"]}
        return self.v1.subscriptions.update(subscription.id, wanted | more)

    def session(self, plan: str = "mid", **more: Any) -> Any:
        """A checkout for a plan."""
        wanted = {
            "mode": "subscription",
            "line_items": [{"price": self.prices[plan], "quantity": 1}],
            "success_url": "https://shop.example/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/plans",
        }
        return self.v1.checkout.sessions.create(wanted | more)

    def kinds(self) -> list[str]:
        """The types of all events, the oldest first."""
        found = self.v1.events.list({"limit": 100}).auto_paging_iter()
        return [event.type for event in found][::-1]


def post(url: str, **form: str) -> requests.Response:
    """Send a page's form, without following where it leads."""
    return requests.post(url, data=form, timeout=10, allow_redirects=False)


def pay(session: Any, number: str = PAYS, **more: str) -> requests.Response:
    """Pay on the page as a person would."""
    return post(session.url, email="trader@example.com", number=number, act="pay", **more)


def opened(sandbox: Sandbox) -> Shop:
    """A shop with nothing sold yet, on 15 January 2027."""
    client = stripe.StripeClient(
        KEY, base_addresses={"api": f"{sandbox.url}/stripe"}, max_network_retries=2
    )
    shop = Shop(sandbox, client)
    shop.tell("reset")
    shop.tell("clock", at=JANUARY)
    for plan, cents in (("low", 999), ("mid", 2999), ("premium", 9999)):
        product = shop.v1.products.create({"name": plan.title()})
        wanted = {
            "product": product.id,
            "currency": "usd",
            "unit_amount": cents,
            "lookup_key": plan,
        }
        monthly = wanted | {"recurring": {"interval": "month"}}
        shop.prices[plan] = shop.v1.prices.create(monthly).id
        if plan == "mid":
            yearly = {"unit_amount": 29990, "lookup_key": "year", "recurring": {"interval": "year"}}
            shop.prices["year"] = shop.v1.prices.create(wanted | yearly).id
    robot = {"currency": "usd", "unit_amount": 4900, "product_data": {"name": "Robot"}}
    shop.prices["robot"] = shop.v1.prices.create(robot).id
    return shop


@dataclass(slots=True)
class Endpoint:
    """What listens for events: its address, what came, and what it answers."""

    url: str
    bodies: list[tuple[bytes, str]]
    answers: list[int]

    def events(self) -> list[stripe.Event]:
        """What came, each verified."""
        return [
            stripe.Webhook.construct_event(body, signature, WEBHOOK_SECRET)
            for body, signature in self.bodies
        ]


@contextmanager
def listening() -> Iterator[Endpoint]:
    """An endpoint that answers 200, or what is in `answers` first."""
    found = Endpoint("", [], [])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.bodies.append((body, self.headers["Stripe-Signature"]))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()

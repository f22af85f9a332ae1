"""What a customer does at the shop: at the dashboard, and on the pages of the simulated Stripe."""

import json
from typing import Any

import psycopg
import requests
from playwright.sync_api import Page, expect

from .conftest import Site

CARD = "4242 4242 4242 4242"
MONTH_SECONDS = 32 * 86_400


class Stripe:
    """The simulated Stripe that the running product sells at."""

    def __init__(self, site: Site) -> None:
        known = json.loads((site.home / "runtime.json").read_text())
        self.url = f"{known['TRP_COINBASE_URL']}/sandbox/stripe"
        self.headers = {
            "APCA-API-KEY-ID": known["TRP_ALPACA_DATA_KEY"],
            "APCA-API-SECRET-KEY": known["TRP_ALPACA_DATA_SECRET"],
        }

    def tell(self, what: str, **body: Any) -> None:
        """Change something there, such as the clock."""
        url = f"{self.url}/{what}"
        assert requests.post(url, json=body, headers=self.headers, timeout=30).ok


def give_plan(site: Site, email: str, plan_id: str) -> None:
    """Let the user have the plan, as if the operator had given it."""
    known = json.loads((site.home / "runtime.json").read_text())
    row = (
        "INSERT INTO subscriptions (user_id, plan_id, status, updated_at) "
        "SELECT id, %s, 'active', now() FROM users WHERE email = %s "
        "ON CONFLICT (user_id) DO UPDATE SET plan_id = excluded.plan_id"
    )
    with psycopg.connect(known["DATABASE_URL"]) as database:
        assert database.execute(row, (plan_id, email)).rowcount == 1


def pay(page: Page, card: str = CARD) -> None:
    """On Stripe's page: type the card and pay."""
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Expiry").fill("12 / 34")
    page.get_by_label("CVC").fill("123")
    page.get_by_label("Name on card").fill("Ada Lovelace")
    page.get_by_role("button", name="Subscribe").or_(page.get_by_role("button", name="Pay")).click()


def confirm(page: Page, button: str) -> None:
    """Press a button of the open dialog, and see it close."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0)


def open_subscription(page: Page, site: Site) -> None:
    page.goto(f"{site.wordpress_url}/dashboard/#/subscription")
    expect(page.get_by_role("heading", name="Subscription")).to_be_visible()

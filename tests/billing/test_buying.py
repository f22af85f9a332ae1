"""Buying a plan: nothing before it is paid, everything after."""

from tradingrobotplug.models import User

from .shop import Shop


def test_what_is_paid_for_counts(shop: Shop, buyer: User) -> None:
    assert shop.plan(buyer) == "free"
    assert shop.buy(buyer, "mid") == "http://127.0.0.1:8000/paid"
    row = shop.row(buyer)
    assert (shop.plan(buyer), row.status, row.plan_id) == ("mid", "active", "mid")

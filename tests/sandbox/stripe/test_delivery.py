"""Events on their way to the endpoint."""

import pytest
import stripe

from tests.sandbox.stripe.shop import WEBHOOK_SECRET, Endpoint, Shop, listening
from tests.venues import HEADERS, KEY, SECRET
from tradingrobotplug.sandbox.app import create_app


def test_an_event_is_signed_and_told_as_it_is_kept(shop: Shop, endpoint: Endpoint) -> None:
    shop.v1.customers.create({"email": "a@example.com"})
    shop.settled()
    (event,) = endpoint.events()
    assert (event.type, event.api_version) == ("customer.created", "2026-10-28.endive")
    kept = shop.v1.events.retrieve(event.id)
    assert kept.data.to_dict() == event.data.to_dict()
    assert (event.pending_webhooks, kept.pending_webhooks) == (1, 0)


@pytest.mark.parametrize(
    ("old", "secret"), [(b"a@example.com", WEBHOOK_SECRET), (b"no such words", "whsec_other")]
)
def test_a_signature_is_of_this_body_and_this_secret(
    shop: Shop, endpoint: Endpoint, old: bytes, secret: str
) -> None:
    shop.v1.customers.create({"email": "a@example.com"})
    shop.settled()
    body, header = endpoint.bodies[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace(old, b"other"), header, secret)


def test_an_update_tells_what_was_before(shop: Shop, endpoint: Endpoint) -> None:
    customer = shop.v1.customers.create({"email": "a@example.com"})
    shop.v1.customers.update(customer.id, {"email": "b@example.com"})
    shop.settled()
    told = endpoint.events()[-1]
    assert (told.type, told.data.object.email) == ("customer.updated", "b@example.com")
    assert told.data.previous_attributes.to_dict() == {"email": "a@example.com"}


def test_what_is_not_taken_is_sent_again(shop: Shop, endpoint: Endpoint) -> None:
    endpoint.answers[:] = [500, 302]
    shop.v1.customers.create({"email": "a@example.com"})
    attempts = [(one["attempt"], one["status"]) for one in shop.settled()]
    assert attempts == [(1, 500), (2, 302), (3, 200)]
    assert len({event.id for event in endpoint.events()}) == 1


def test_events_can_be_doubled_held_and_told_in_any_order(shop: Shop, endpoint: Endpoint) -> None:
    shop.tell("deliveries", duplicates=2, is_held=True)
    for name in ("first", "second"):
        shop.v1.customers.create({"name": name})
    assert endpoint.bodies == []
    shop.tell("deliveries")
    shop.settled()
    names = [event.data.object.name for event in endpoint.events()]
    assert sorted(names) == ["first", "first", "second", "second"]
    endpoint.bodies.clear()
    second, first = [event.id for event in shop.v1.events.list({"limit": 2}).data]
    shop.tell("deliver", events=[second, first, second])
    assert [event.id for event in endpoint.events()] == [second, first, second]


def test_disorder_and_delay_change_the_order_of_arrival(shop: Shop, endpoint: Endpoint) -> None:
    shop.tell("deliveries", disorder_seconds=0.3)
    wanted = [str(n) for n in range(8)]
    for name in wanted:
        shop.v1.customers.create({"name": name})
    shop.settled()
    names = [event.data.object.name for event in endpoint.events()]
    assert names != wanted
    assert sorted(names) == wanted


def test_an_endpoint_hears_what_it_asked_for_until_it_is_switched_off(shop: Shop) -> None:
    with listening() as found:
        wanted = {"url": found.url, "enabled_events": ["customer.deleted", "product.created"]}
        endpoint = shop.v1.webhook_endpoints.create(wanted)
        assert endpoint.secret.startswith("whsec_")
        assert "secret" not in shop.v1.webhook_endpoints.retrieve(endpoint.id)
        shop.v1.customers.create({"name": "unheard"})
        shop.v1.products.create({"name": "heard"})
        shop.settled()
        shop.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
        shop.v1.products.create({"name": "unheard"})
        shop.settled()
        told = [
            stripe.Webhook.construct_event(body, header, endpoint.secret).data.object.name
            for body, header in found.bodies
        ]
    assert told == ["heard"]


def test_an_endpoint_of_the_start_outlives_a_reset() -> None:
    with listening() as found:
        told = {"SANDBOX_STRIPE_KEY": "sk_test_own", "SANDBOX_STRIPE_WEBHOOK_URL": found.url}
        environ = {"SANDBOX_KEY": KEY, "SANDBOX_SECRET": SECRET, **told}
        with pytest.raises(RuntimeError, match="SANDBOX_STRIPE_WEBHOOK_SECRET"):
            create_app(environ)
        client = create_app(environ | {"SANDBOX_STRIPE_WEBHOOK_SECRET": "whsec_own"}).test_client()
        client.post("/sandbox/stripe/reset", headers=HEADERS, json={})
        bearer = {"Authorization": "Bearer sk_test_own"}
        client.post("/stripe/v1/customers", headers=bearer, data={"name": "heard"})
        client.get("/sandbox/stripe/deliveries?settle=5", headers=HEADERS)
        ((body, header),) = found.bodies
    event = stripe.Webhook.construct_event(body, header, "whsec_own")
    assert event.data.object.name == "heard"

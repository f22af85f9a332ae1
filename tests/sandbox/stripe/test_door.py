"""Keys, parameters, idempotency, pages of lists, errors and faults, as Stripe's API has them."""

import threading
from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.stripe.shop import KEY, Shop

WRONG = stripe.InvalidRequestError


def raw(shop: Shop, path: str, key: str = KEY, **more: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
    url = f"{shop.sandbox.url}/stripe/v1/{path}"
    return requests.request(more.pop("method", "POST"), url, headers=headers, timeout=10, **more)


def test_a_wrong_key_is_refused(shop: Shop) -> None:
    base = {"api": f"{shop.sandbox.url}/stripe"}
    stranger = stripe.StripeClient("sk_test_wrong", base_addresses=base)
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        stranger.v1.customers.list()
    assert requests.get(f"{base['api']}/v1/customers", timeout=5).status_code == 401


def test_another_version_of_the_api_is_refused(shop: Shop) -> None:
    answer = raw(shop, "customers", headers={"Stripe-Version": "2020-08-27"})
    assert (answer.status_code, "2026-10-28.endive" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("path", "form", "code", "param"),
    [
        ("customers", {"foo": "1"}, "parameter_unknown", "foo"),
        ("customers", {"address[town]": "x"}, "parameter_unknown", "address[town]"),
        ("customers", {"balance": "ten"}, "parameter_invalid_integer", "balance"),
        ("customers", {"email": ""}, "parameter_invalid_empty", "email"),
        ("customers", {"metadata": "x"}, None, "metadata"),
        ("prices", {"unit_amount": "1"}, "parameter_missing", "currency"),
        ("prices", {"currency": "usd", "product": "prod_no"}, "resource_missing", "product"),
        ("subscriptions", {"customer": "x"}, "parameter_missing", "items"),
        ("subscriptions", {"items[0][prize]": "x"}, "parameter_unknown", "items[0][prize]"),
        ("subscriptions", {"proration_behavior": "yes"}, None, "proration_behavior"),
        ("subscriptions", {"trial_end": "soon"}, "parameter_invalid_integer", "trial_end"),
        ("subscriptions", {"cancel_at_period_end": "1"}, "parameter_invalid_boolean",
         "cancel_at_period_end"),
        ("subscriptions", {"items": "x"}, None, "items"),
        ("checkout/sessions", {"mode": "gift"}, None, "mode"),
        ("nothing", {}, None, None),
    ],
)  # fmt: skip
def test_parameters_are_checked_strictly(
    shop: Shop, path: str, form: dict[str, str], code: str | None, param: str | None
) -> None:
    answer = raw(shop, path, data=form)
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert (answer.status_code, error.get("code"), error.get("param")) == (
        404 if path == "nothing" else 400,
        code,
        param,
    )


def test_what_stripe_knows_and_the_sandbox_does_not_is_refused_by_name(shop: Shop) -> None:
    with pytest.raises(WRONG, match="does not know tax_exempt here"):
        shop.v1.customers.create({"tax_exempt": "reverse"})


def test_nothing_is_there_after_a_refusal(shop: Shop) -> None:
    customer = shop.customer()
    items = [{"price": shop.prices["mid"]}, {"price": shop.prices["year"]}]
    with pytest.raises(WRONG, match="renews all items"):
        shop.v1.subscriptions.create({"customer": customer.id, "items": items})
    assert shop.v1.subscriptions.list({"status": "all"}).data == []
    assert shop.v1.invoices.list().data == []


def test_the_same_key_gives_the_same_answer(shop: Shop) -> None:
    wanted = {"email": "a@example.com"}
    found = [shop.v1.customers.create(wanted, {"idempotency_key": "once"}) for _ in range(3)]
    assert len({one.id for one in found}) == 1
    assert found[2].last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in found[0].last_response.headers
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        shop.v1.customers.create({"email": "b@example.com"}, {"idempotency_key": "once"})
    assert len(shop.v1.customers.list().data) == 1


def test_a_key_that_is_used_at_once_from_many_sides_makes_one(shop: Shop) -> None:
    def create() -> None:
        shop.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "race"})

    threads = [threading.Thread(target=create) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shop.v1.customers.list().data) == 1


def test_a_declined_card_is_answered_the_same_again(shop: Shop) -> None:
    customer = shop.customer("pm_card_chargeCustomerFail")
    wanted = {
        "customer": customer.id,
        "items": [{"price": shop.prices["mid"]}],
        "payment_behavior": "error_if_incomplete",
    }
    errors = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as error:
            shop.v1.subscriptions.create(wanted, {"idempotency_key": "no"})
        errors.append((error.value.http_status, error.value.code, error.value.json_body["error"]))
    assert errors[0] == errors[1]
    assert errors[0][:2] == (402, "card_declined")


def test_lists_come_in_pages(shop: Shop) -> None:
    made = [shop.v1.customers.create({"name": str(n)}).id for n in range(5)][::-1]
    first = shop.v1.customers.list({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (made[:2], True)
    assert [one.id for one in first.auto_paging_iter()] == made
    back = shop.v1.customers.list({"limit": 2, "ending_before": made[4]})
    assert [one.id for one in back.data] == made[2:4]
    assert shop.v1.customers.list({"created": {"gt": 4_000_000_000}}).data == []


def test_prices_are_found_by_lookup_key_and_kind(shop: Shop) -> None:
    def found(**wanted: Any) -> set[str]:
        return {price.id for price in shop.v1.prices.list(wanted).data}

    assert found(lookup_keys=["mid", "low"]) == {shop.prices["mid"], shop.prices["low"]}
    assert found(type="one_time") == {shop.prices["robot"]}
    assert found(recurring={"interval": "year"}) == {shop.prices["year"]}
    shop.v1.prices.update(shop.prices["mid"], {"active": False})
    assert shop.prices["mid"] not in found(active=True)
    with pytest.raises(WRONG, match="already uses that lookup key"):
        shop.v1.prices.update(shop.prices["low"], {"lookup_key": "mid"})


def test_metadata_is_merged_and_unset(shop: Shop) -> None:
    customer = shop.v1.customers.create({"metadata": {"a": "1", "b": "2"}})
    merged = shop.v1.customers.update(customer.id, {"metadata": {"b": "", "c": "3"}})
    assert merged.metadata.to_dict() == {"a": "1", "c": "3"}
    assert shop.v1.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}


def test_a_deleted_customer_is_gone_with_the_subscriptions(shop: Shop) -> None:
    found = shop.subscribed("mid")
    assert shop.v1.customers.delete(found.customer).deleted is True
    assert shop.v1.customers.retrieve(found.customer).deleted is True
    assert shop.v1.subscriptions.retrieve(found.id).status == "canceled"
    assert shop.kinds()[-2:] == ["customer.subscription.deleted", "customer.deleted"]
    with pytest.raises(WRONG, match="No such customer"):
        shop.v1.customers.update(found.customer, {"name": "x"})


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 429}, stripe.RateLimitError),
        ({"status": 500, "count": 9}, stripe.APIError),
        ({"kind": "drop", "count": 9}, stripe.APIConnectionError),
        ({"kind": "html", "count": 9}, stripe.APIError),
    ],
    ids=str,
)
def test_faults_are_met_as_errors_of_the_sdk(
    shop: Shop, fault: dict[str, Any], error: type[Exception]
) -> None:
    base = {"api": f"{shop.sandbox.url}/stripe"}
    client = stripe.StripeClient(KEY, base_addresses=base, max_network_retries=0)
    shop.sandbox.tell("faults", path="/stripe/v1/customers", **fault)
    with pytest.raises(error):
        client.v1.customers.create({"email": "a@example.com"})
    shop.sandbox.tell("faults")
    assert shop.v1.customers.list().data == []


@pytest.mark.parametrize("kind", ["status_after", "drop_after"])
def test_a_lost_answer_is_given_again_and_nothing_is_made_twice(shop: Shop, kind: str) -> None:
    shop.sandbox.tell("faults", path="/stripe/v1/customers", method="POST", kind=kind)
    made = shop.v1.customers.create({"email": "a@example.com"})
    assert made.last_response.headers["Idempotent-Replayed"] == "true"
    assert [one.id for one in shop.v1.customers.list().data] == [made.id]

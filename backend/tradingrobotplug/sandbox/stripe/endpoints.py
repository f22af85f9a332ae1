"""Webhook endpoints: https://docs.stripe.com/api/webhook_endpoints."""

from .account import Account
from .answers import PAGING, page, public
from .door import call
from .refusals import Refusal
from .things import API_VERSION, Thing, follow_metadata, new_id


@call(
    "POST",
    "/webhook_endpoints",
    "WebhookEndpointCreateParams",
    "api_version description enabled_events metadata url connect",
)
def create(account: Account, given: Thing) -> Thing:
    """The one answer that shows its secret."""
    if given.get("connect"):
        raise Refusal("The simulated Stripe has no connected accounts.", param="connect")
    secret = f"whsec_{new_id('x')[2:]}"
    endpoint = registered(account, given["url"], given["enabled_events"], secret)
    endpoint["description"] = given.get("description")
    follow_metadata(endpoint, given.get("metadata"))
    told: Thing = {**public(endpoint), "secret": secret}
    return told


@call("GET", "/webhook_endpoints", "WebhookEndpointListParams", PAGING)
def list_endpoints(account: Account, given: Thing) -> Thing:
    """Newest first."""
    return page("/v1/webhook_endpoints", account.of("webhook_endpoint"), given)


@call("GET", "/webhook_endpoints/<key>", "WebhookEndpointRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One endpoint."""
    return account.get("webhook_endpoint", key)


@call(
    "POST",
    "/webhook_endpoints/<key>",
    "WebhookEndpointUpdateParams",
    "description disabled enabled_events metadata url",
)
def update(account: Account, given: Thing, key: str) -> Thing:
    """What is given changes."""
    endpoint = account.get("webhook_endpoint", key)
    endpoint |= {n: given[n] for n in ("description", "enabled_events", "url") if n in given}
    if "disabled" in given:
        endpoint["status"] = "disabled" if given["disabled"] else "enabled"
    follow_metadata(endpoint, given.get("metadata"))
    return endpoint


@call("DELETE", "/webhook_endpoints/<key>", "WebhookEndpointDeleteParams")
def delete(account: Account, given: Thing, key: str) -> Thing:
    """It is told nothing any more."""
    endpoint = account.get("webhook_endpoint", key)
    endpoint["status"] = "disabled"
    del account.objects[key]
    return {"id": key, "object": "webhook_endpoint", "deleted": True}


def registered(account: Account, url: str, events: list[str], secret: str) -> Thing:
    """An endpoint that is told of these events from now on."""
    return account.add(
        "we",
        "webhook_endpoint",
        api_version=API_VERSION,
        application=None,
        description=None,
        enabled_events=events,
        metadata={},
        status="enabled",
        url=url,
        _secret=secret,
    )

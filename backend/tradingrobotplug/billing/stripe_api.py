"""Stripe, and the only file that imports its SDK. Nothing here is called in a transaction.

https://docs.stripe.com/api. The SDK has no time-out of its own below 80 s and does not retry unless
told; what it retries carries one idempotency key, so that it takes effect once.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests
import stripe

from .. import logs
from ..config import Settings
from ..errors import Conflict, Invalid, NotFound, Unavailable
from . import answers
from .answers import Raw

VERSION = "2026-10-28.endive"  # answers.py reads this version's fields
TIMEOUT_SECONDS = (3.05, 10.0)
TOLERANCE_SECONDS = 300
_RETRIES = 2
_MISSHAPEN = (ValueError, KeyError, TypeError, AttributeError)
_MOST_PAGES = 20  # of a hundred

Client = stripe.StripeClient

_settings: Settings | None = None
_client: stripe.StripeClient | None = None


def connect(settings: Settings) -> None:
    """Set this process's Stripe account; none without a key."""
    global _settings, _client
    _settings, _client = settings, None
    if settings.stripe_secret_key:
        _client = _new_client(settings)


def mode() -> str:
    """live | test | off, by the key."""
    key = _known().stripe_secret_key
    if not key:
        return "off"
    return "live" if key.startswith(("sk_live_", "rk_live_")) else "test"


def verified(body: bytes, header: str, now: datetime) -> answers.EventSeen:
    """The event in this body. Invalid `wrong_signature`, also if it is too old, or of the future.

    The SDK lets any signature of the future pass.
    """
    secret = _known().stripe_webhook_secret
    if not secret:
        raise _not_configured()
    try:
        event = stripe.Webhook.construct_event(body, header, secret, TOLERANCE_SECONDS)
        signed_at = int(dict(p.split("=", 1) for p in header.split(",") if "=" in p)["t"])
        if signed_at > now.timestamp() + TOLERANCE_SECONDS:
            raise ValueError("signed in the future")
        return answers.event(plain(event))
    except (stripe.SignatureVerificationError, *_MISSHAPEN) as error:
        raise Invalid("wrong_signature", "This is not an event that Stripe signed.") from error


@contextmanager
def asking() -> Iterator[Client]:
    """This process's client; what goes wrong becomes an error of ours."""
    if _client is None:
        raise _not_configured()
    try:
        yield _client
    except stripe.CardError as error:
        raise Conflict("payment_refused", error.user_message or "The payment failed.") from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise NotFound("not_at_stripe", "Stripe does not know this.") from error
        logs.event("stripe.refused", level=logging.ERROR, code=error.code, param=error.param)
        raise Conflict("refused_by_stripe", "Stripe does not accept this now.") from error
    except stripe.StripeError as error:
        logs.event("stripe.failed", level=logging.ERROR, error=type(error).__name__)
        raise Unavailable("stripe_unavailable", "Stripe does not answer. Try again.") from error


def _known() -> Settings:
    if _settings is None:
        raise RuntimeError("stripe_api.connect was not called")
    return _settings


def _new_client(settings: Settings) -> stripe.StripeClient:
    session = requests.Session()
    session.trust_env = False
    base: Any = {"base_addresses": {"api": settings.stripe_api_base}}
    return stripe.StripeClient(
        settings.stripe_secret_key,
        stripe_version=VERSION,
        max_network_retries=_RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS, session=session),
        **(base if settings.stripe_api_base else {}),
    )


def _not_configured() -> Unavailable:
    return Unavailable("billing_not_configured", "Nothing is sold here: billing is not set up.")


def once(key: str) -> Any:
    """Options with which a request takes effect once, however often it is sent."""
    return {"idempotency_key": f"trp-{key}"}


def pages(found: Any) -> Iterator[Raw]:
    """What a list holds, page after page."""
    for number, one in enumerate(found.auto_paging_iter()):
        if number >= _MOST_PAGES * 100:
            logs.event("stripe.too_many", level=logging.ERROR, listed=found.url)
            return
        yield plain(one)


def plain(found: Any) -> Mapping[str, Any]:
    """An answer as the JSON it came in."""
    plain: Mapping[str, Any] = found.to_dict()
    return plain

"""How Stripe says no: https://docs.stripe.com/api/errors."""

from typing import Any


class Refusal(Exception):
    """An error answer; `more` are further fields of the error (param, code, decline_code, …)."""

    def __init__(
        self, message: str, *, status: int = 400, kind: str = "invalid_request_error", **more: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **more}}


def missing(kind: str, key: str, *, param: str = "id") -> Refusal:
    """There is no such object: 404 where it is the address, 400 where it is a parameter."""
    return Refusal(
        f"No such {kind}: '{key}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )


def required(param: str) -> Refusal:
    """A parameter is needed here though its type lets it be left out."""
    return Refusal(f"Missing required param: {param}.", code="parameter_missing", param=param)


def declined(code: str, **more: Any) -> Refusal:
    """A card that was not charged, and why (a decline code, or `authentication_required`)."""
    return Refusal(MESSAGES[code], status=402, kind="card_error", **reasons(code), **more)


def reasons(code: str) -> dict[str, str]:
    """Code and decline code of an error for this decline."""
    if code in ("expired_card", "incorrect_cvc", "processing_error"):
        return {"code": code}
    if code == "authentication_required":
        return {"code": code, "decline_code": code}
    return {"code": "card_declined", "decline_code": code}


def broken(status: int) -> dict[str, Any]:
    """What Stripe answers when it can't serve: too many requests, or its own fault."""
    if status == 429:
        words = "Too many requests hit the API too quickly."
        return {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": words}}
    return {"error": {"type": "api_error", "message": "An error occurred on our end."}}


MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}

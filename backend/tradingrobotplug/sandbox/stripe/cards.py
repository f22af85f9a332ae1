"""Stripe's test cards and bank accounts (https://docs.stripe.com/testing) and how charges end."""

from dataclasses import dataclass

from .things import Thing


@dataclass(frozen=True, slots=True)
class Card:
    """`declines`: the decline code of charges. `attaches`: whether it can be kept for later.
    `asks`: authentication, `once` when it is set up or `always`. `is_bank`: an account that is
    debited days later."""

    number: str
    brand: str = "visa"
    declines: str = ""
    attaches: bool = True
    asks: str = ""
    token: str = ""
    is_bank: bool = False


_CARDS = (
    Card("4242424242424242", token="pm_card_visa"),  # noqa: S106  # Stripe's published test token
    Card("5555555555554444", "mastercard", token="pm_card_mastercard"),  # noqa: S106  # as above
    Card("378282246310005", "amex", token="pm_card_amex"),  # noqa: S106  # as above
    Card("4000000000000002", declines="generic_decline", attaches=False),
    Card("4000000000009995", declines="insufficient_funds", attaches=False),
    Card("4000000000009987", declines="lost_card", attaches=False),
    Card("4000000000000069", declines="expired_card", attaches=False),
    Card("4000000000000127", declines="incorrect_cvc", attaches=False),
    Card("4000000000000119", declines="processing_error", attaches=False),
    Card(
        "4000000000000341",
        declines="generic_decline",
        token="pm_card_chargeCustomerFail",  # noqa: S106  # as above
    ),
    Card("4000002500003155", asks="once", token="pm_card_authenticationRequiredOnSetup"),  # noqa: S106  # as above
    Card("4000002760003184", asks="always", token="pm_card_authenticationRequired"),  # noqa: S106  # as above
    Card("000123456789", "bank", is_bank=True),
    Card("000222222227", "bank", declines="insufficient_funds", is_bank=True),
)
BY_NUMBER = {card.number: card for card in _CARDS}
BY_TOKEN = {card.token: card for card in _CARDS if card.token}


def outcome(method: Thing, *, is_authenticated: bool) -> str:
    """How a charge to this payment method ends: empty if it succeeds, or the decline code.

    `is_authenticated`: the customer has just confirmed it to the bank."""
    card = BY_NUMBER[method["_number"]]
    if method["_declines"] or card.declines:
        return str(method["_declines"] or card.declines)
    is_set_up = method["_is_set_up"] and card.asks == "once"
    return "authentication_required" if card.asks and not (is_authenticated or is_set_up) else ""

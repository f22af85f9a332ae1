"""What is written to those whose broker keys had to be erased."""

from collections.abc import Sequence
from typing import Protocol

from ..brokers.venues import VENUES
from ..notify.letter import Letter


class Revoked(Protocol):
    """What names a key to its owner."""

    @property
    def broker(self) -> str: ...
    @property
    def environment(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def key_ending(self) -> str: ...


def panic(keys: Sequence[Revoked], paused_bots: int) -> Letter:
    """To one user: what was stopped, and which keys they must revoke where."""
    return Letter(
        kind="vault_panic",
        subject="Revoke your broker keys now" if keys else "Your bots were paused",
        paragraphs=(
            "Because keys may have leaked, the operator of this service has stopped trading for "
            f"everyone. Of your bots {paused_bots} were running and are paused now.",
            *(_revocation(keys) if keys else ()),
        ),
        closing=("Start your bots again when you see fit.", *(_NEW_KEYS if keys else ())),
    )


_NEW_KEYS = ("Then give each trading account a new key.",)


def _revocation(keys: Sequence[Revoked]) -> tuple[str, ...]:
    named = (
        f"{VENUES[key.broker].title} {key.environment}, “{key.label}”: the key that ends in "
        f"{key.key_ending}"
        for key in keys
    )
    brokers = sorted({key.broker for key in keys})
    return (
        "Your broker keys were erased here, but at the broker they stay valid, also for whoever "
        "may hold a copy, until you revoke them there:",
        *named,
        *(VENUES[broker].revoking for broker in brokers),
    )

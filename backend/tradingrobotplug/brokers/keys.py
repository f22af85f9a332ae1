"""A user's keys for a broker, and how a broker answers when they are shown to it."""

from dataclasses import dataclass, field

from ..errors import Invalid, Unavailable


@dataclass(frozen=True, slots=True)
class BrokerKeys:
    """In plain, for the moment in which they are needed."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the broker lets these keys do. Every accepted key may read."""

    can_trade: bool


class KeysRefused(Invalid):
    """The keys are of no use here; the code says why."""


class BrokerUnavailable(Unavailable):
    """The broker did not say whether the keys are good."""

    def __init__(self, broker: str, problem: str = "does not answer") -> None:
        super().__init__(
            "broker_unavailable", f"{broker} {problem}, so the keys could not be checked."
        )

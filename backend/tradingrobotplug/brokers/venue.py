"""A broker's entry in the table of venues: everything that differs by its name alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .broker import Broker
from .capabilities import Capabilities
from .keys import BrokerKeys


@dataclass(frozen=True, slots=True)
class Venue:
    """What is traded there, and how a user's account is opened in each of its environments."""

    title: str  # as users read it
    asset_type: str  # crypto | stocks
    capabilities: Capabilities
    environments: Mapping[str, Callable[[BrokerKeys], Broker]]  # paper, live
    revoking: str  # where its owner revokes a key, in a sentence

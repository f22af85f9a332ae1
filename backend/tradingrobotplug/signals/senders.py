"""From which addresses a bot takes alerts; a bot without a list takes them from anywhere."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


def may_send(allowed: Sequence[str], sender: str | None) -> bool:
    """Whether one of the allowed addresses or networks is the sender's. An unknown sender is not
    allowed where there is a list."""
    if not allowed:
        return True
    try:
        address = ip_address(sender or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # how a socket for both kinds shows an IPv4 sender
    return any(address in _network(text) for text in allowed)


@lru_cache(10_000)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)

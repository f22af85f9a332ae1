"""TCP ports of this machine."""

import socket

from .problem import Problem

LOOPBACK = "127.0.0.1"


def refuse_taken(port: int, option: str) -> None:
    """Problem if something listens on this port already."""
    with socket.socket() as probe:
        # Connections of an earlier run that have not faded yet are no listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise Problem(
                f"Port {port} can't be used ({(error.strerror or 'taken').lower()}): end what "
                f"listens there, or choose another with {option}."
            ) from error


def free_from(first: int) -> int:
    """The first port from this one on that nothing listens on."""
    for port in range(first, first + 100):
        try:
            refuse_taken(port, "--port")
        except Problem:
            continue
        return port
    return free()


def free() -> int:
    """A port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])

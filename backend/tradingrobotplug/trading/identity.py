"""The name under which a venue knows our order."""

import base64
import hashlib
import uuid

PREFIX = "trp"  # nobody else's orders begin so
REPAIR = "repair"  # a signal's source, and the leg of its order that was never sent


def client_order_id(signal_id: uuid.UUID, leg: str) -> str:
    """Derivable from the signal and the leg, free of user data, 32 characters long."""
    digest = hashlib.sha256(f"{signal_id}:{leg}".encode()).digest()
    return PREFIX + base64.b32encode(digest).decode().lower()[:29]

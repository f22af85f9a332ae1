"""Authenticator apps: time-based codes (RFC 6238: 30 seconds, 6 digits) of a sealed secret."""

import base64
import hmac
import io
import logging
from datetime import datetime

import pyotp
import segno

from .. import logs
from ..errors import Unavailable
from ..vault import envelope
from ..vault.keyring import Binding, Sealed, Tampered

ISSUER = "TradingRobotPlug"
STEP_SECONDS = 30


def new_secret() -> str:
    """160 random bits in base32, as apps take them (RFC 4226 section 4)."""
    return pyotp.random_base32()


def seal(secret: str, binding: Binding) -> Sealed:
    """Encrypt a secret for its factor. May ask a key service: not inside a transaction."""
    return envelope.seal(secret.encode(), binding)


def opened(sealed: Sealed, binding: Binding) -> str:
    """The secret in plain. May ask a key service: not inside a transaction.

    Unavailable if the row was changed or moved; VaultUnavailable.
    """
    try:
        return envelope.unseal(sealed, binding).decode()
    except Tampered as error:
        logs.event("second_factor.tampered", level=logging.ERROR, factor_id=binding.account_id)
        raise Unavailable(
            "second_factor_unreadable",
            "Your authenticator can't be checked any more. Use a backup code and set it up anew.",
        ) from error


def step_of(code: str, secret: str, now: datetime) -> int | None:
    """Which step this is the code of: the present one or the one before; None if of neither."""
    present = int(now.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    for step in (present, present - 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            return step
    return None


def address(secret: str, email: str) -> str:
    """The otpauth:// address that an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def qr_code(text: str) -> str:
    """The text as a QR code: a PNG in base64."""
    image = io.BytesIO()
    segno.make(text, micro=False).save(image, kind="png", scale=5)
    return base64.b64encode(image.getvalue()).decode()

"""Envelope encryption: each record under its own data key, each data key under the master key.

AES-256-GCM with random 96-bit nonces (NIST SP 800-38D). A data key encrypts one record once, so
that no nonce can meet its like under it.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keyring import Binding, Sealed, Tampered, connected

NONCE_BYTES = 12


def seal(plain: bytes, binding: Binding) -> Sealed:
    """Encrypt a record for this place. VaultUnavailable if the master key can't be used."""
    key = connected().new_key(binding)
    return Sealed(encrypted(key.plain, plain, binding.as_bytes()), key.wrapped)


def unseal(sealed: Sealed, binding: Binding) -> bytes:
    """The record in plain. Tampered unless it was sealed for this place; VaultUnavailable."""
    key = connected().unwrap(sealed.key, binding)
    return decrypted(key, sealed.record, binding.as_bytes())


def encrypted(key: bytes, plain: bytes, associated: bytes) -> bytes:
    """A fresh nonce, then ciphertext and tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated)


def decrypted(key: bytes, record: bytes, associated: bytes) -> bytes:
    """The reverse of `encrypted`; Tampered if a bit of any of the three differs."""
    try:
        return AESGCM(key).decrypt(record[:NONCE_BYTES], record[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError) as error:
        raise Tampered("A sealed record does not open where it lies.") from error

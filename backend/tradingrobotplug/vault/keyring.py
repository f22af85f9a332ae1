"""The port to whatever keeps the master key, and which one this process uses."""

import logging
import uuid
from dataclasses import dataclass, field
from typing import Protocol

from .. import logs
from ..config import Settings
from ..errors import Unavailable


class VaultUnavailable(Unavailable):
    """The master key can't be used now. There is no second way to what it encrypts."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "vault_unavailable", f"What is kept encrypted can't be used now: {reason}."
        )


@dataclass(frozen=True, slots=True)
class Binding:
    """What a sealed record belongs to. Moved to any other place, it does not open."""

    user_id: uuid.UUID
    account_id: uuid.UUID
    key_version: int

    def as_bytes(self) -> bytes:
        """The associated data of AES-GCM."""
        return f"{self.user_id}|{self.account_id}|{self.key_version}".encode()

    def as_context(self) -> dict[str, str]:
        """The same for a KMS, which calls it the encryption context."""
        return {
            "user": str(self.user_id),
            "account": str(self.account_id),
            "key_version": str(self.key_version),
        }


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key encrypted under the master key called `by`."""

    blob: bytes
    by: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record as it is stored: nonce and ciphertext, and its data key in wrapped form."""

    record: bytes = field(repr=False)
    key: WrappedKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class DataKey:
    """A new data key of 32 bytes: in plain for this moment, wrapped for the database."""

    plain: bytes = field(repr=False)
    wrapped: WrappedKey


class Keyring(Protocol):
    """Keeps the master key. Every method raises VaultUnavailable if it can't be used."""

    def newest(self) -> str:
        """The name of the master key that wraps now."""

    def new_key(self, binding: Binding) -> DataKey:
        """A random data key."""

    def unwrap(self, wrapped: WrappedKey, binding: Binding) -> bytes:
        """The data key in plain. `Tampered` if it was not wrapped for this binding."""

    def rewrap(self, wrapped: WrappedKey, binding: Binding) -> WrappedKey:
        """The same data key under the newest master key."""


class Tampered(Exception):
    """The record was changed, or moved from where it belongs."""


_keyring: Keyring | None = None


def connect(settings: Settings) -> None:
    """Choose this process's keyring. In production it is said at once if a key file is unusable."""
    global _keyring
    if settings.vault_provider == "aws-kms":
        from .aws import AwsKeyring  # noqa: PLC0415 (boto3 is large, and most never need it)

        _keyring = AwsKeyring(settings.vault_kms_key_id, settings.vault_kms_endpoint)
    else:
        from .local import LocalKeyring, key_file  # noqa: PLC0415 (beside the other provider)

        _keyring = LocalKeyring(key_file(settings), is_made=settings.mode == "embedded")
    if settings.mode == "production":
        _say_if_unusable(_keyring)


def try_out(keys: Keyring) -> str:
    """Wrap and unwrap a key that nobody needs; the name of the master key. VaultUnavailable."""
    nowhere = Binding(uuid.UUID(int=0), uuid.UUID(int=0), 0)
    made = keys.new_key(nowhere)
    try:
        is_same = keys.unwrap(made.wrapped, nowhere) == made.plain
    except Tampered:
        is_same = False
    if not is_same:
        raise VaultUnavailable("what is sealed does not open again")
    return made.wrapped.by


def _say_if_unusable(keys: Keyring) -> None:
    try:
        keys.newest()
    except VaultUnavailable as problem:
        logs.event("vault.unusable", level=logging.ERROR, reason=str(problem))


def connected() -> Keyring:
    """This process's keyring; RuntimeError before `connect`."""
    if _keyring is None:
        raise RuntimeError("vault.keyring.connect was not called")
    return _keyring

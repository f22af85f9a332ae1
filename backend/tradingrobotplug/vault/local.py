"""The master key in a file of this machine, readable by its owner only.

The file holds keys of 32 bytes, one after the other; the last one wraps, the others still unwrap.
A key goes by the start of its hash, so that a row tells which one it needs.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from ..config import Settings
from .envelope import decrypted, encrypted
from .keyring import Binding, DataKey, VaultUnavailable, WrappedKey

KEY_BYTES = 32


def key_file(settings: Settings) -> Path | None:
    """Where the file is; None if production was told of none."""
    if settings.vault_key_file:
        return Path(settings.vault_key_file)
    return settings.home / "vault.key" if settings.mode == "embedded" else None


class LocalKeyring:
    """Master keys read from a file, again whenever a row names one that was not there before."""

    def __init__(self, path: Path | None, *, is_made: bool) -> None:
        self._path = path
        self._is_made = is_made  # whether a missing file is made, with its first key
        self._keys: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"LocalKeyring({self._path})"

    def newest(self) -> str:
        self._keys = self._read()
        return next(reversed(self._keys))

    def new_key(self, binding: Binding) -> DataKey:
        plain = os.urandom(KEY_BYTES)
        return DataKey(plain, self._wrapped(plain, binding))

    def unwrap(self, wrapped: WrappedKey, binding: Binding) -> bytes:
        if wrapped.by not in self._keys:
            self._keys = self._read()
        if wrapped.by not in self._keys:
            raise VaultUnavailable("the key file lacks the master key it was sealed with")
        return decrypted(self._keys[wrapped.by], wrapped.blob, binding.as_bytes())

    def rewrap(self, wrapped: WrappedKey, binding: Binding) -> WrappedKey:
        return self._wrapped(self.unwrap(wrapped, binding), binding)

    def add_key(self) -> None:
        """A new master key at the end of the file. The file is replaced whole or not at all."""
        path, content = self._content()
        try:
            _write(path, content + os.urandom(KEY_BYTES), is_first=False)
        except OSError as error:
            raise VaultUnavailable("the key file can't be replaced") from error

    def _wrapped(self, plain: bytes, binding: Binding) -> WrappedKey:
        name = self.newest()
        return WrappedKey(encrypted(self._keys[name], plain, binding.as_bytes()), name)

    def _read(self) -> dict[str, bytes]:
        _, content = self._content()
        keys = [content[i : i + KEY_BYTES] for i in range(0, len(content), KEY_BYTES)]
        return {f"local:{hashlib.sha256(key).hexdigest()[:16]}": key for key in keys}

    def _content(self) -> tuple[Path, bytes]:
        if self._path is None:
            raise VaultUnavailable("no master key is set up (TRP_VAULT_KEY_FILE)")
        if self._is_made and not self._path.exists():
            _write(self._path, os.urandom(KEY_BYTES), is_first=True)
        try:
            is_private = self._path.stat().st_mode & 0o077 == 0
            content = self._path.read_bytes()
        except OSError as error:
            raise VaultUnavailable("the key file can't be read") from error
        if not is_private:
            raise VaultUnavailable("the key file is open to others (chmod 600)")
        if not content or len(content) % KEY_BYTES:
            raise VaultUnavailable("the key file does not hold keys of 32 bytes")
        return self._path, content


def _write(path: Path, content: bytes, *, is_first: bool) -> None:
    """Put the file there whole and on disk; of two first ones the one that came first stays."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if not is_first:
        owner = path.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)  # the command may run as root
        fresh.rename(path)
        return
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()

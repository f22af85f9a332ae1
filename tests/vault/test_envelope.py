import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tradingrobotplug.config import Settings
from tradingrobotplug.db import new_id
from tradingrobotplug.vault import envelope, keyring
from tradingrobotplug.vault.keyring import Binding, Sealed, Tampered, VaultUnavailable, WrappedKey
from tradingrobotplug.vault.local import LocalKeyring

PLAIN = b"the keys"


@bounds(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plain=st.binary(max_size=5_000))
def test_what_is_sealed_opens_again(local: LocalKeyring, binding: Binding, plain: bytes) -> None:
    assert envelope.unseal(envelope.seal(plain, binding), binding) == plain


@pytest.mark.parametrize("field", ["user_id", "account_id"])
def test_a_record_opens_for_no_other_owner(
    local: LocalKeyring, binding: Binding, field: str
) -> None:
    sealed = envelope.seal(PLAIN, binding)
    with pytest.raises(Tampered):
        envelope.unseal(sealed, replace(binding, **{field: new_id()}))


def test_an_older_record_does_not_open_in_the_place_of_a_newer(
    local: LocalKeyring, binding: Binding
) -> None:
    sealed = envelope.seal(PLAIN, binding)
    with pytest.raises(Tampered):
        envelope.unseal(sealed, replace(binding, key_version=2))


@pytest.mark.parametrize(
    "damage",
    [
        lambda s: Sealed(s.record[:-1] + bytes([s.record[-1] ^ 1]), s.key),
        lambda s: Sealed(bytes([s.record[0] ^ 1]) + s.record[1:], s.key),
        lambda s: Sealed(s.record[:10], s.key),
        lambda s: Sealed(b"", s.key),
        lambda s: Sealed(s.record, WrappedKey(s.key.blob[:-1], s.key.by)),
    ],
    ids=["tag", "nonce", "cut off", "empty", "data key"],
)
def test_a_damaged_record_does_not_open(
    local: LocalKeyring, binding: Binding, damage: Callable[[Sealed], Sealed]
) -> None:
    with pytest.raises(Tampered):
        envelope.unseal(damage(envelope.seal(PLAIN, binding)), binding)


def test_no_value_shows_what_it_holds(local: LocalKeyring, binding: Binding) -> None:
    key = local.new_key(binding)
    shown = repr([key, envelope.seal(PLAIN, binding), local, keyring.connected()])
    assert repr(key.plain) not in shown
    assert "the keys" not in shown


def test_the_key_file_is_made_once_and_for_its_owner_only(
    local: LocalKeyring, tmp_path: Path
) -> None:
    first, again = local.newest(), LocalKeyring(tmp_path / "vault.key", is_made=True).newest()
    assert first == again
    assert stat.S_IMODE((tmp_path / "vault.key").stat().st_mode) == 0o600
    assert (tmp_path / "vault.key").stat().st_size == 32
    assert [path.name for path in tmp_path.iterdir()] == ["vault.key"]


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (None, 0o600, "can't be read"),
        (b"x" * 32, 0o640, "open to others"),
        (b"x" * 31, 0o600, "32 bytes"),
        (b"", 0o600, "32 bytes"),
    ],
)
def test_a_bad_key_file_is_named(
    tmp_path: Path,
    settings: Settings,
    binding: Binding,
    content: bytes | None,
    mode: int,
    says: str,
) -> None:
    path = tmp_path / "key"
    path.write_bytes(content or b"")
    path.chmod(mode)
    named = path if content is not None else tmp_path / "missing"
    keyring.connect(replace(settings, mode="production", vault_key_file=str(named)))
    with pytest.raises(VaultUnavailable, match=re.escape(says)):
        envelope.seal(PLAIN, binding)


def test_production_without_a_key_file_says_so(settings: Settings, binding: Binding) -> None:
    keyring.connect(replace(settings, mode="production"))
    with pytest.raises(VaultUnavailable, match="TRP_VAULT_KEY_FILE"):
        envelope.seal(PLAIN, binding)


def test_a_new_master_key_wraps_and_the_old_one_still_opens(
    local: LocalKeyring, binding: Binding
) -> None:
    old, first = envelope.seal(PLAIN, binding), local.newest()
    local.add_key()
    new = envelope.seal(PLAIN, binding)
    assert (old.key.by, new.key.by) == (first, local.newest())
    assert first != local.newest()
    assert envelope.unseal(old, binding) == envelope.unseal(new, binding) == PLAIN


def test_a_process_finds_the_key_that_another_one_added(
    local: LocalKeyring, binding: Binding, tmp_path: Path
) -> None:
    local.newest()
    other = LocalKeyring(tmp_path / "vault.key", is_made=False)
    other.add_key()
    assert local.unwrap(other.new_key(binding).wrapped, binding)


def test_a_row_under_a_removed_master_key_says_what_is_missing(
    local: LocalKeyring, binding: Binding, tmp_path: Path
) -> None:
    sealed = envelope.seal(PLAIN, binding)
    (tmp_path / "vault.key").write_bytes(b"y" * 32)
    keyring.connect(Settings(home=tmp_path, mode="embedded"))
    with pytest.raises(VaultUnavailable, match="lacks the master key"):
        envelope.unseal(sealed, binding)

"""The real boto3 against a KMS server on this machine."""

import time
from dataclasses import replace

import boto3
import pytest

from tradingrobotplug.config import Settings
from tradingrobotplug.db import new_id
from tradingrobotplug.vault import envelope, keyring
from tradingrobotplug.vault.keyring import Binding, Tampered, VaultUnavailable

PLAIN = b"the keys"


def test_a_record_opens_with_the_key_service(kms_settings: Settings, binding: Binding) -> None:
    sealed = envelope.seal(PLAIN, binding)
    assert sealed.key.by == f"aws-kms:{kms_settings.vault_kms_key_id}"
    assert envelope.unseal(sealed, binding) == PLAIN


def test_the_key_service_opens_it_for_no_other_account(
    kms_settings: Settings, binding: Binding
) -> None:
    sealed = envelope.seal(PLAIN, binding)
    with pytest.raises(Tampered):
        envelope.unseal(sealed, replace(binding, account_id=new_id()))


def test_rewrapping_happens_inside_the_key_service(
    kms_settings: Settings, binding: Binding
) -> None:
    sealed = envelope.seal(PLAIN, binding)
    client = boto3.client(
        "kms", region_name="us-east-1", endpoint_url=kms_settings.vault_kms_endpoint
    )
    arn = client.create_key()["KeyMetadata"]["Arn"]
    keyring.connect(replace(kms_settings, vault_kms_key_id=arn))
    moved = keyring.connected().rewrap(sealed.key, binding)
    assert moved.by == f"aws-kms:{arn}"
    assert envelope.unseal(replace(sealed, key=moved), binding) == PLAIN
    assert envelope.unseal(sealed, binding) == PLAIN


def test_an_unknown_key_is_a_refusal(kms_settings: Settings, binding: Binding) -> None:
    arn = f"arn:aws:kms:us-east-1:123456789012:key/{new_id()}"
    keyring.connect(replace(kms_settings, vault_kms_key_id=arn))
    with pytest.raises(VaultUnavailable, match="refused"):
        envelope.seal(PLAIN, binding)


def test_a_service_that_does_not_answer_is_said_quickly(
    kms_settings: Settings, binding: Binding
) -> None:
    keyring.connect(replace(kms_settings, vault_kms_endpoint="http://127.0.0.1:9"))
    start = time.monotonic()
    with pytest.raises(VaultUnavailable, match="does not answer"):
        envelope.seal(PLAIN, binding)
    assert time.monotonic() - start < 5

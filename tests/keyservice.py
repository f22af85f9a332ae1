"""AWS KMS as moto serves it, over real HTTP on a free loopback port."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tradingrobotplug.config import Settings
from tradingrobotplug.vault import keyring


@pytest.fixture(scope="session")
def kms() -> Iterator[str]:
    """The address of a KMS on this machine."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def kms_settings(kms: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that name a new key there; this process's keyring uses it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    client = boto3.client("kms", region_name="us-east-1", endpoint_url=kms)
    arn = client.create_key()["KeyMetadata"]["Arn"]
    found = replace(
        settings, vault_provider="aws-kms", vault_kms_key_id=arn, vault_kms_endpoint=kms
    )
    keyring.connect(found)
    return found

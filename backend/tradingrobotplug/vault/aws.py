"""The master key in AWS KMS, which never gives it out. The one file that knows boto3."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .keyring import Binding, DataKey, Tampered, VaultUnavailable, WrappedKey

_CONFIG = Config(
    connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2, "mode": "standard"}
)


class AwsKeyring:
    """Data keys made and unwrapped by a KMS key; credentials come from the usual AWS places."""

    def __init__(self, key_id: str, endpoint: str) -> None:
        self._key_id = key_id
        # An ARN names its region: arn:aws:kms:REGION:ACCOUNT:key/ID.
        region = key_id.split(":")[3] if key_id.startswith("arn:") else None
        self._made_with: dict[str, Any] = {"region_name": region, "endpoint_url": endpoint or None}
        self._client: Any = None

    def __repr__(self) -> str:
        return f"AwsKeyring({self._key_id})"

    def newest(self) -> str:
        return f"aws-kms:{self._key_id}"

    def new_key(self, binding: Binding) -> DataKey:
        answer = self._ask(
            "generate_data_key",
            KeyId=self._key_id,
            KeySpec="AES_256",
            EncryptionContext=binding.as_context(),
        )
        return DataKey(answer["Plaintext"], WrappedKey(answer["CiphertextBlob"], self.newest()))

    def unwrap(self, wrapped: WrappedKey, binding: Binding) -> bytes:
        answer = self._ask(
            "decrypt",
            KeyId=self._name_of(wrapped),
            CiphertextBlob=wrapped.blob,
            EncryptionContext=binding.as_context(),
        )
        plain: bytes = answer["Plaintext"]
        return plain

    def rewrap(self, wrapped: WrappedKey, binding: Binding) -> WrappedKey:
        """Inside the KMS: the data key does not leave it."""
        answer = self._ask(
            "re_encrypt",
            CiphertextBlob=wrapped.blob,
            SourceKeyId=self._name_of(wrapped),
            SourceEncryptionContext=binding.as_context(),
            DestinationKeyId=self._key_id,
            DestinationEncryptionContext=binding.as_context(),
        )
        return WrappedKey(answer["CiphertextBlob"], self.newest())

    def _name_of(self, wrapped: WrappedKey) -> str:
        provider, _, name = wrapped.by.partition(":")
        if provider != "aws-kms":
            raise VaultUnavailable("it was sealed with a master key that is not in AWS KMS")
        return name

    def _ask(self, what: str, **fields: object) -> dict[str, Any]:
        try:
            if self._client is None:
                self._client = boto3.client("kms", config=_CONFIG, **self._made_with)
            call: Callable[..., dict[str, Any]] = getattr(self._client, what)
            return call(**fields)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "InvalidCiphertextException":
                raise Tampered("A data key does not open where it lies.") from error
            raise VaultUnavailable("the key service refused") from error
        except BotoCoreError as error:
            raise VaultUnavailable("the key service does not answer") from error

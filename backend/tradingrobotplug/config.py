"""Settings, read once from the environment. docs/configuration.md holds the same table."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit


class ConfigurationError(Exception):
    """A setting that stops the start; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the processes need to know. Secrets stay out of `repr`."""

    home: Path
    mode: str  # embedded | production
    database_url: str = field(repr=False, default="")
    redis_url: str = field(repr=False, default="")
    jwt_secret: str = field(repr=False, default="")
    public_url: str = "http://127.0.0.1:8000"
    stream_url: str = ""
    log_level: str = "INFO"
    proxies: int = 0
    db_pool: int = 5
    api_threads: int = 32
    alpaca_data_url: str = "https://data.alpaca.markets"
    alpaca_trading_url: str = "https://paper-api.alpaca.markets"
    alpaca_data_key: str = field(repr=False, default="")
    alpaca_data_secret: str = field(repr=False, default="")
    alpaca_paper_url: str = "https://paper-api.alpaca.markets"
    alpaca_live_url: str = "https://api.alpaca.markets"
    coinbase_url: str = "https://api.coinbase.com"
    coinbase_stream_url: str = "wss://advanced-trade-ws-user.coinbase.com"
    paper_fee_bps: str = "10"
    paper_slippage_bps: str = "2"
    webhooks_per_minute: int = 10
    smtp_url: str = field(repr=False, default="")
    mail_from: str = ""
    sales_email: str = ""
    telegram_url: str = "https://api.telegram.org"
    discord_url: str = "https://discord.com"
    slack_url: str = "https://hooks.slack.com"
    notify_loopback: str = "refused"  # refused | allowed
    second_factor: str = "required"  # required | before-risk
    cors_origins: str = ""  # separated by commas
    vault_provider: str = "local"
    vault_key_file: str = ""
    vault_kms_key_id: str = ""
    vault_kms_endpoint: str = ""
    stripe_secret_key: str = field(repr=False, default="")
    stripe_webhook_secret: str = field(repr=False, default="")
    stripe_api_base: str = ""

    @property
    def stream_address(self) -> str:
        """Where browsers reach `trp stream`: as set, or /stream below the public address."""
        return self.stream_url or f"ws{self.public_url.removeprefix('http')}/stream"


# TRP_… name → field. TRP_HOME and TRP_MODE are read apart.
NAMES = {
    f"TRP_{f.name.upper()}": f.name
    for f in fields(Settings)
    if f.name not in ("database_url", "redis_url")  # by their customary names
}
SECRETS = ("jwt_secret",)
_WHOLE_NUMBERS = {"proxies": 0, "db_pool": 1, "api_threads": 1, "webhooks_per_minute": 1}
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9.-]+")
_ORIGIN = re.compile(
    r"(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|https?://(localhost|127\.0\.0\.1|\[::1\]))(:[1-9]\d{0,4})?"
)
_CHOICES = {
    "notify_loopback": ("refused", "allowed"),
    "vault_provider": ("local", "aws-kms"),
    "second_factor": ("required", "before-risk"),
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR"),
}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings. ConfigurationError names the setting and the remedy."""
    environ = os.environ if environ is None else environ
    unknown = sorted(n for n in environ if n.startswith("TRP_") and n not in NAMES)
    if unknown:
        raise ConfigurationError(
            f"{', '.join(unknown)}: no such setting. docs/configuration.md lists every name; "
            "correct or unset it."
        )
    home = Path(environ.get("TRP_HOME") or ".trp").resolve()
    database_url = environ.get("DATABASE_URL", "")
    mode = environ.get("TRP_MODE") or ("production" if database_url else "embedded")
    if mode not in ("embedded", "production"):
        raise ConfigurationError(f"TRP_MODE is {mode!r}: set it to embedded or production.")
    values: dict[str, object] = {
        name: _typed(name, environ[variable])
        for variable, name in NAMES.items()
        if environ.get(variable) and name not in ("home", "mode")
    }
    if mode == "embedded":
        values = _kept_secrets(home) | values
    _refuse_missing_secrets(mode, values, database_url, environ)
    _refuse_mail_without_sender(values)
    _refuse_stripe_without_webhook(values)
    _refuse_missing_vault(mode, values)
    _refuse_loopback(mode, values)
    return Settings(
        home=home,
        mode=mode,
        database_url=database_url,
        redis_url=environ.get("REDIS_URL", ""),
        **values,  # type: ignore[arg-type]
    )


def _typed(name: str, text: str) -> object:
    variable = f"TRP_{name.upper()}"
    if name in _WHOLE_NUMBERS:
        least = _WHOLE_NUMBERS[name]
        if not text.isdigit() or int(text) < least:
            raise ConfigurationError(
                f"{variable} is {text!r}: set it to a whole number from {least} on."
            )
        return int(text)
    if name.endswith("_bps") and not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ConfigurationError(f"{variable} is {text!r}: set it to a number from 0 on.")
    if text not in _CHOICES.get(name, (text,)):
        raise ConfigurationError(
            f"{variable} is {text!r}: set it to {' or '.join(_CHOICES[name])}."
        )
    if name in ("mail_from", "sales_email") and not _ADDRESS.fullmatch(text):
        raise ConfigurationError(
            f"{variable} is {text!r}: set it to one email address, as in robots@example.com."
        )
    if name == "smtp_url":
        return _checked_smtp(variable, text)
    if name == "cors_origins":
        return _checked_origins(variable, text)
    if name.startswith("stripe_"):
        _refuse_wrong_stripe(variable, name, text)
    if not name.endswith(("_url", "_endpoint", "_base")):
        return text
    secure, plain = ("wss", "ws") if name.endswith("stream_url") else ("https", "http")
    if urlsplit(text).scheme not in (secure, plain):
        raise ConfigurationError(
            f"{variable} is {text!r}: set it to an address that starts with {secure}://."
        )
    return text.rstrip("/")


def _refuse_wrong_stripe(variable: str, name: str, text: str) -> None:
    """Keys are mixed up easily; which one was given shows at its beginning, and is not told."""
    begins = {"stripe_secret_key": ("sk_", "rk_"), "stripe_webhook_secret": ("whsec_",)}
    if not text.startswith(begins.get(name, ("",))):
        raise ConfigurationError(
            f"{variable} can't be used: it begins with {' or '.join(begins[name])}."
        )


def _checked_smtp(variable: str, text: str) -> str:
    """The address of the mail server; it may hold a password, so it is never shown."""
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ConfigurationError(
            f"{variable} can't be used: write smtp://user:password@host:587 or "
            "smtps://user:password@host:465, with special characters percent-encoded."
        )
    return text


def _checked_origins(variable: str, text: str) -> str:
    """The origins exactly as browsers send them; in plain only from this very machine."""
    origins = [origin.strip() for origin in text.split(",") if origin.strip()]
    for origin in origins:
        if not _ORIGIN.fullmatch(origin) or re.search(r"^https:.*:443$|^http:.*:80$", origin):
            raise ConfigurationError(
                f"{variable} holds {origin!r}: write each origin as browsers send it, as in "
                "https://app.example.com or http://localhost:3000, without a path and without *."
            )
    return ",".join(origins)


def _refuse_mail_without_sender(values: dict[str, object]) -> None:
    if values.get("smtp_url") and not values.get("mail_from"):
        raise ConfigurationError(
            "TRP_SMTP_URL is set but TRP_MAIL_FROM is not: set it to the address mails come from."
        )


def _refuse_stripe_without_webhook(values: dict[str, object]) -> None:
    if values.get("stripe_secret_key") and not values.get("stripe_webhook_secret"):
        raise ConfigurationError(
            "TRP_STRIPE_SECRET_KEY is set but TRP_STRIPE_WEBHOOK_SECRET is not: without it nobody "
            "gets what they paid for. Set it to the signing secret of the endpoint at Stripe."
        )


def _refuse_missing_secrets(
    mode: str, values: dict[str, object], database_url: str, environ: Mapping[str, str]
) -> None:
    if mode != "production":
        return
    for variable, value in (
        ("DATABASE_URL", database_url),
        ("REDIS_URL", environ.get("REDIS_URL", "")),
    ):
        if not value:
            raise ConfigurationError(f"{variable} is not set: production needs one. Set it.")
    for name in SECRETS:
        if len(str(values.get(name, ""))) < 32:
            raise ConfigurationError(
                f"TRP_{name.upper()} is missing or shorter than 32 characters: set it to the "
                "output of `openssl rand -hex 32`, the same for every process."
            )


def _refuse_missing_vault(mode: str, values: dict[str, object]) -> None:
    if values.get("vault_provider") == "aws-kms":
        if not values.get("vault_kms_key_id"):
            raise ConfigurationError(
                "TRP_VAULT_KMS_KEY_ID is not set: the provider aws-kms needs its key's ARN. Set it."
            )
    elif mode == "production" and not values.get("vault_key_file"):
        raise ConfigurationError(
            "TRP_VAULT_KEY_FILE is not set: without a master key nobody can set up a second factor "
            "or keep broker keys. Make one with `umask 077; openssl rand -out vault.key 32` and "
            "set this to its path, or set TRP_VAULT_PROVIDER=aws-kms."
        )


def _refuse_loopback(mode: str, values: dict[str, object]) -> None:
    """Users name the addresses of their channels: none of them may lead to the operator's own."""
    if mode == "production" and values.get("notify_loopback") == "allowed":
        raise ConfigurationError(
            "TRP_NOTIFY_LOOPBACK is allowed: production never asks addresses on its own machine "
            "in the name of a user. Unset it."
        )


def _kept_secrets(home: Path) -> dict[str, object]:
    """Secrets of the embedded mode: made once, kept in TRP_HOME for its owner only."""
    path = home / "secrets.json"
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, {name: secrets.token_hex(32) for name in SECRETS})
    kept: dict[str, object] = json.loads(path.read_text())
    return kept


def _write_once(path: Path, values: dict[str, str]) -> None:
    """Put the file there whole; of two processes that start at once the first one's stays."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(values, file)
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()

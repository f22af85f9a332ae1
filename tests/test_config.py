import json
import re
from pathlib import Path

import pytest

from tradingrobotplug import config

TABLE = Path(__file__).parents[1] / "docs" / "configuration.md"
PRODUCTION = {
    "DATABASE_URL": "postgresql://db/trp",
    "REDIS_URL": "redis://cache/0",
    "TRP_JWT_SECRET": "x" * 32,
    "TRP_VAULT_KEY_FILE": "/etc/trp/vault.key",
}


def rows() -> dict[str, str]:
    """Name → default, as the table has it."""
    found = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", TABLE.read_text(), re.MULTILINE)
    return dict(found)


def test_the_table_holds_every_setting_and_no_other() -> None:
    assert set(rows()) == set(config.NAMES) - {"TRP_DATABASE_URL", "TRP_REDIS_URL"} | {
        "DATABASE_URL",
        "REDIS_URL",
    }


@pytest.mark.parametrize(
    "name",
    [
        *("public_url", "log_level", "proxies", "db_pool", "api_threads", "alpaca_data_url"),
        *(
            "alpaca_trading_url",
            "coinbase_url",
            "coinbase_stream_url",
            "paper_fee_bps",
            "paper_slippage_bps",
        ),
        *("webhooks_per_minute", "alpaca_paper_url", "alpaca_live_url", "vault_provider"),
        *("telegram_url", "discord_url", "slack_url", "notify_loopback"),
    ],
)
def test_the_table_tells_the_true_default(name: str, tmp_path: Path) -> None:
    settings = config.load({"TRP_HOME": str(tmp_path)})
    assert rows()[f"TRP_{name.upper()}"] == f"`{getattr(settings, name)}`"


@pytest.mark.parametrize("name", ["TRP_JWT_SECERT", "TRP_DATABASE_URL", "TRP_REDIS_URL"])
def test_an_unknown_name_is_refused_with_the_place_to_look(name: str, tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match=rf"{name}: no such setting.*docs/"):
        config.load({"TRP_HOME": str(tmp_path), name: "x" * 40})


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_production_does_not_start_without_its_secrets(name: str) -> None:
    with pytest.raises(config.ConfigurationError, match=name):
        config.load({**PRODUCTION, "TRP_MODE": "production", name: ""})


def test_a_short_secret_is_refused_with_the_command_that_makes_one() -> None:
    with pytest.raises(config.ConfigurationError, match="openssl rand -hex 32"):
        config.load({**PRODUCTION, "TRP_JWT_SECRET": "short"})


def test_a_database_address_means_production() -> None:
    assert config.load(PRODUCTION).mode == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRP_MODE", "test"),
        ("TRP_PROXIES", "one"),
        ("TRP_API_THREADS", "0"),
        ("TRP_DB_POOL", "0"),
        ("TRP_LOG_LEVEL", "LOUD"),
        ("TRP_PUBLIC_URL", "example.com"),
        ("TRP_PAPER_FEE_BPS", "a few"),
        ("TRP_SMTP_URL", "https://mail.example.com"),
        ("TRP_SMTP_URL", "smtp://"),
        ("TRP_SMTP_URL", "smtp://host:port"),
        ("TRP_SMTP_URL", "smtp://host"),
        ("TRP_MAIL_FROM", "nobody"),
        ("TRP_MAIL_FROM", "a@example.com\r\nBcc: b@example.com"),
        ("TRP_PAPER_SLIPPAGE_BPS", "-1"),
    ],
)
def test_a_value_that_can_not_be_used_is_refused_by_name(
    name: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(config.ConfigurationError, match=name):
        config.load({"TRP_HOME": str(tmp_path), name: value})


def test_embedded_secrets_are_made_once_for_the_owner_only(tmp_path: Path) -> None:
    first = config.load({"TRP_HOME": str(tmp_path)})
    second = config.load({"TRP_HOME": str(tmp_path)})
    kept = tmp_path / "secrets.json"
    assert first.jwt_secret == second.jwt_secret == json.loads(kept.read_text())["jwt_secret"]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_secret_set_by_hand_wins_over_the_generated_one(tmp_path: Path) -> None:
    settings = config.load({"TRP_HOME": str(tmp_path), "TRP_JWT_SECRET": "y" * 40})
    assert settings.jwt_secret == "y" * 40


def test_mail_needs_a_sender(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match="TRP_MAIL_FROM is not"):
        config.load({"TRP_HOME": str(tmp_path), "TRP_SMTP_URL": "smtp://host"})


def test_a_mail_server_that_can_not_be_used_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError) as refusal:
        config.load({"TRP_HOME": str(tmp_path), "TRP_SMTP_URL": "http://user:hush@host"})
    assert "hush" not in str(refusal.value)


def test_secrets_stay_out_of_what_is_printed() -> None:
    mail = {"TRP_SMTP_URL": "smtp://user:hush@host", "TRP_MAIL_FROM": "robots@example.com"}
    shown = repr(config.load({**PRODUCTION, **mail, "TRP_ALPACA_DATA_SECRET": "hush"}))
    assert ("hush" in shown, "x" * 32 in shown, "db/trp" in shown) == (False, False, False)


def test_an_unknown_keeper_of_the_master_key_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match="local or aws-kms"):
        config.load({"TRP_HOME": str(tmp_path), "TRP_VAULT_PROVIDER": "paper"})


def test_aws_kms_without_its_key_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match="TRP_VAULT_KMS_KEY_ID"):
        config.load({"TRP_HOME": str(tmp_path), "TRP_VAULT_PROVIDER": "aws-kms"})


def test_production_may_leave_the_master_key_to_aws_kms() -> None:
    kms = {"TRP_VAULT_PROVIDER": "aws-kms", "TRP_VAULT_KMS_KEY_ID": "arn:aws:kms:eu-west-1:1:key/1"}
    assert config.load({**PRODUCTION, **kms, "TRP_VAULT_KEY_FILE": ""}).vault_key_file == ""


def test_production_never_lets_users_reach_its_own_machine(tmp_path: Path) -> None:
    allowed = {"TRP_NOTIFY_LOOPBACK": "allowed"}
    assert config.load({"TRP_HOME": str(tmp_path), **allowed}).notify_loopback == "allowed"
    with pytest.raises(config.ConfigurationError, match="TRP_NOTIFY_LOOPBACK"):
        config.load({**PRODUCTION, **allowed})

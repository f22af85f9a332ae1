"""`trp vault` and `trp audit` on the database of the tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.factories import make_bot, make_user
from tests.mailbox import mails
from tests.vault.accounts import keep, opened
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import audit, authenticator, enrolment
from tradingrobotplug.cli import doctor, main, running
from tradingrobotplug.config import Settings
from tradingrobotplug.models import AuditLog, Bot, NotificationChannel, TradingAccount, User
from tradingrobotplug.notify import channels, post, sealed, senders
from tradingrobotplug.vault import keyring


@pytest.fixture(autouse=True)
def environment(
    settings: Settings, clean: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """What the commands find in their environment; afterwards the tests' own connection is back."""
    path = tmp_path / "vault.key"
    monkeypatch.setenv("TRP_HOME", str(tmp_path))
    monkeypatch.setenv("TRP_MODE", "embedded")
    monkeypatch.setenv("TRP_VAULT_KEY_FILE", str(path))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    keyring.connect(replace(settings, vault_key_file=str(path)))
    yield path
    db.connect(settings.database_url)


def rows() -> list[TradingAccount]:
    with db.transaction() as session:
        return list(session.scalars(select(TradingAccount).order_by(TradingAccount.label)))


def actions() -> list[str]:
    with db.transaction() as session:
        return list(session.scalars(select(AuditLog.action).order_by(AuditLog.seq)))


def test_rotating_puts_every_data_key_under_a_new_master_key(
    user: User, environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = [keep(user, n) for n in range(3)]
    assert main(["vault", "rotate"]) == 0
    after = rows()
    assert environment.stat().st_size == 64
    assert {row.wrapped_by for row in after} == {keyring.connected().newest()}
    assert [row.sealed_keys for row in after] == [row.sealed_keys for row in kept]
    assert [opened(row.id).secret for row in after] == ["secret-secret-secret"] * 3
    assert "3 data keys" in capsys.readouterr().out
    assert actions()[:4] == ["vault.rotation_started", *["trading_account.rewrapped"] * 3]


def test_rotating_takes_authenticators_along_and_panic_leaves_them(
    user: User, environment: Path
) -> None:
    now, secret = clock.now(), authenticator.new_secret()
    factor = enrolment.sealed_for(user.id, secret)
    with db.transaction() as session:
        enrolment.enrol(session, factor, "", now)
    assert main(["vault", "rotate"]) == 0
    assert main(["vault", "panic"]) == 0
    environment.write_bytes(environment.read_bytes()[32:])
    keyring.connect(Settings(home=environment.parent, mode="embedded"))
    with db.transaction() as session:
        moved = enrolment.unconfirmed(session, user.id, now)
    assert moved.sealed.key.by == keyring.connected().newest() != factor.sealed.key.by
    assert authenticator.opened(moved.sealed, moved.binding) == secret
    assert "second_factor.rewrapped" in actions()


def test_rotating_takes_notification_channels_along(user: User, environment: Path) -> None:
    settings = Settings(home=environment.parent, mode="embedded")
    post.connect(settings)
    senders.connect(settings)
    reached = {"bot_token": "123456789:AAF-token-of-a-bot", "chat_id": "7"}
    made = channels.prepared("telegram", reached, channels.new_binding(user.id))
    with db.transaction() as session:
        channel_id = channels.add(session, "Phone", made, clock.now()).id
    assert main(["vault", "rotate"]) == 0
    environment.write_bytes(environment.read_bytes()[32:])
    keyring.connect(Settings(home=environment.parent, mode="embedded"))
    with db.transaction() as session:
        moved = session.get_one(NotificationChannel, channel_id)
    assert moved.wrapped_by == keyring.connected().newest() != made.sealed.key.by
    assert sealed.opened(moved) == reached
    assert "notification_channel.rewrapped" in actions()


def test_after_rotating_the_old_master_key_is_not_needed(user: User, environment: Path) -> None:
    account = keep(user)
    assert main(["vault", "rotate"]) == 0
    environment.write_bytes(environment.read_bytes()[32:])
    keyring.connect(Settings(home=environment.parent, mode="embedded"))
    assert opened(account.id).secret == "secret-secret-secret"


def test_an_interrupted_rotation_is_ended_without_another_key(
    user: User, environment: Path
) -> None:
    keep(user)
    environment.write_bytes(environment.read_bytes() + b"n" * 32)
    keep(user, 2)
    assert main(["vault", "rotate", "--keep-newest"]) == 0
    assert environment.stat().st_size == 64
    assert len({row.wrapped_by for row in rows()}) == 1


def test_rotating_without_a_key_file_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRP_MODE", "production")
    monkeypatch.setenv("TRP_JWT_SECRET", "x" * 32)
    monkeypatch.delenv("TRP_VAULT_KEY_FILE")
    assert main(["vault", "rotate"]) == 1
    assert "TRP_VAULT_KEY_FILE" in capsys.readouterr().err


def test_panic_pauses_every_bot_and_erases_every_key(
    user: User, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_user("other@example.com")
    make_bot(user)
    make_bot(other, name="Second")
    make_bot(user, name="Third", status="stopped")
    keep(user, 1)
    keep(other, 2)
    assert main(["vault", "panic"]) == 0
    said = capsys.readouterr().out
    assert "2 bots are paused. 2 accounts" in said
    assert 'trader@example.com: alpaca paper, key …0001 ("Account 1")' in said
    assert "other@example.com: alpaca paper, key …0002" in said
    with db.transaction() as session:
        assert sorted(session.scalars(select(Bot.status))) == ["paused", "paused", "stopped"]
    assert [(row.sealed_keys, row.wrapped_key) for row in rows()] == [(None, None)] * 2
    assert {row.revoked_at is None for row in rows()} == {False}
    assert sorted(actions()) == [
        *["bot.paused"] * 2,
        *["trading_account.revoked"] * 2,
        "vault.panic",
    ]


def test_panic_needs_no_master_key(user: User, environment: Path) -> None:
    keep(user)
    environment.unlink()
    assert main(["vault", "panic"]) == 0
    assert rows()[0].sealed_keys is None


def test_a_second_panic_finds_nothing_left(user: User, capsys: pytest.CaptureFixture[str]) -> None:
    keep(user)
    main(["vault", "panic"])
    capsys.readouterr()
    assert main(["vault", "panic"]) == 0
    assert "0 bots are paused. 0 accounts" in capsys.readouterr().out


def test_the_trail_is_verified(user: User, capsys: pytest.CaptureFixture[str]) -> None:
    with db.transaction() as session:
        audit.record(session, "first", clock.now())
        audit.record(session, "second", clock.now())
    assert main(["audit", "verify"]) == 0
    assert "2 rows, none changed or missing" in capsys.readouterr().out
    with db.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE audit_logs SET address = '192.0.2.9' WHERE seq = 2"))
    assert main(["audit", "verify"]) == 1
    assert "BROKEN at row 2: its content was changed" in capsys.readouterr().out


def test_panic_mails_each_owner_once_what_to_revoke_where(user: User) -> None:
    other = make_user("other@example.com")
    idle = make_user("idle@example.com")
    house = make_user("house@example.com", is_house=True)
    make_bot(user)
    make_bot(house)
    make_bot(idle, status="stopped")
    keep(user, 1)
    keep(user, 2)
    make_bot(other)
    main(["vault", "panic"])
    told = {mail.recipient: mail for mail in mails("vault_panic")}
    assert (sorted(told), len(mails())) == (["other@example.com", "trader@example.com"], 2)
    mail = told["trader@example.com"]
    for body in (mail.text, mail.html):
        assert all(part in " ".join(body.split()) for part in ("ends in 0001", "ends in 0002"))
        assert "app.alpaca.markets" in body
    assert mail.subject == "Revoke your broker keys now"
    assert told["other@example.com"].subject == "Your bots were paused"
    assert "Alpaca" not in told["other@example.com"].text


def found(name: str) -> tuple[bool, str]:
    """What the doctor says about one thing."""
    findings = {one.name: one for one in doctor.examine(running.settings(None))}
    return findings[name].is_well, findings[name].says


def test_the_doctor_seals_and_opens_with_the_vault() -> None:
    assert found("vault") == (True, f"seals and opens with {keyring.connected().newest()}")


def test_the_doctor_says_that_the_key_file_is_open_to_others(environment: Path) -> None:
    keyring.connected().newest()
    environment.chmod(0o644)
    is_well, says = found("vault")
    assert (is_well, "chmod 600" in says) == (False, True)


def test_the_doctor_says_that_the_key_service_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRP_VAULT_PROVIDER", "aws-kms")
    monkeypatch.setenv("TRP_VAULT_KMS_KEY_ID", "arn:aws:kms:eu-west-1:1:key/1")
    monkeypatch.setenv("TRP_VAULT_KMS_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    is_well, says = found("vault")
    assert (is_well, "does not answer" in says) == (False, True)


def test_the_doctor_looks_at_the_end_of_the_trail() -> None:
    with db.transaction() as session:
        audit.record(session, "first", clock.now())
        audit.record(session, "second", clock.now())
    assert found("audit trail")[0]
    with db.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE audit_logs SET action = 'x' WHERE seq = 2"))
    is_well, says = found("audit trail")
    assert (is_well, "broken at row 2" in says) == (False, True)


def test_the_doctor_says_that_the_mail_server_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("mail") == (True, "no server: mails are kept for `trp mail`")
    monkeypatch.setenv("TRP_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("TRP_MAIL_FROM", "robots@example.com")
    assert not found("mail")[0]

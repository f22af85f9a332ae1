"""Broker keys: the promises of docs/security.md, one test each."""

import io
import threading
import uuid
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tests.factories import make_user
from tests.security.keys import sinks
from tests.security.logged import lines
from tests.trading_accounts.traders import alpaca, coinbase
from tests.vault.accounts import keep, opened
from tests.venues import Sandbox
from tradingrobotplug import db
from tradingrobotplug.accounts import audit
from tradingrobotplug.app import create_app
from tradingrobotplug.cli import main
from tradingrobotplug.config import Settings
from tradingrobotplug.errors import Conflict
from tradingrobotplug.models import AuditLog, TradingAccount, User
from tradingrobotplug.vault import envelope, keyring
from tradingrobotplug.vault.envelope import NONCE_BYTES
from tradingrobotplug.vault.keyring import Binding, VaultUnavailable

ROUTE = "/api/trading-accounts"
__all__ = ["lines"]

CANARY = "canary-5f0c2a9e-must-not-be-found-anywhere"
Headers = dict[str, str]


def add(client: FlaskClient, headers: Headers, body: dict[str, Any]) -> Any:
    return client.post(ROUTE, json=body, headers=headers | {"Idempotency-Key": str(uuid.uuid4())})


def all_accounts() -> list[TradingAccount]:
    with db.transaction() as session:
        return list(session.scalars(select(TradingAccount)))


def test_k1_a_key_is_in_no_dump_no_redis_no_log_and_no_answer(
    client: FlaskClient,
    headers: Headers,
    sandbox: Sandbox,
    tmp_path: Path,
    lines: io.StringIO,
) -> None:
    coin = coinbase(sandbox)
    stock = alpaca(sandbox) | {"api_secret": CANARY}
    sandbox.tell("keys", broker="alpaca", environment="paper", key=stock["api_key"], secret=CANARY)
    answers = [
        add(client, headers, coin),
        add(client, headers, stock),
        add(client, headers, stock),  # refused: the label is taken
        add(client, headers, stock | {"label": "Other", "environment": "live"}),  # wrong place
        add(client, headers, stock | {"label": "Third", "broker": "coinbase"}),  # malformed
        add(client, headers, stock | {"label": "Fourth", "api_key": "PKUNKNOWNKEY"}),
        client.get(ROUTE, headers=headers),
    ]
    sandbox.tell("faults", path="/v2/account", status=500)
    answers.append(add(client, headers, stock | {"label": "Fifth"}))
    codes = [answer.status_code for answer in answers]
    assert codes == [201, 201, 409, 422, 422, 422, 200, 503]
    everything = "\n".join(
        [
            sinks.database(),
            sinks.redis(),
            sinks.files(tmp_path),
            lines.getvalue(),
            *(answer.text for answer in answers),
        ]
    )
    assert len(all_accounts()) == 2
    assert sinks.traces_of(CANARY, everything) == set()
    assert sinks.traces_of(coin["api_secret"], everything) == set()
    assert sinks.traces_of("".join(coin["api_secret"].splitlines()[1:-1]), everything) == set()


@pytest.mark.parametrize(
    "written",
    [CANARY, CANARY.encode().hex(), b64encode(b"a" + CANARY.encode() + b"z").decode()],
    ids=["plain", "hex", "base64"],
)
def test_k1_the_search_finds_what_is_there(written: str) -> None:
    assert len(sinks.traces_of(CANARY, f"… {written} …")) == 1


@pytest.mark.parametrize("owner", ["same", "another"])
def test_k2_keys_moved_to_another_row_do_not_open(
    settings: Settings, user: User, tmp_path: Path, owner: str
) -> None:
    keyring.connect(replace(settings, vault_key_file=str(tmp_path / "vault.key")))
    second = {"same": lambda: user, "another": lambda: make_user("other@example.com")}[owner]()
    mine, theirs = keep(user, 1), keep(second, 2)
    with db.transaction() as session:
        rows = [session.get_one(TradingAccount, row.id) for row in (mine, theirs)]
        rows[0].sealed_keys, rows[0].wrapped_key = rows[1].sealed_keys, rows[1].wrapped_key
    with pytest.raises(Conflict, match="can't be read"):
        opened(mine.id)
    assert opened(theirs.id).key


def test_k3_without_the_key_service_nothing_is_kept_and_nothing_opened(
    kms_settings: Settings, clean: None, headers: Headers, sandbox: Sandbox, tmp_path: Path
) -> None:
    there = replace(kms_settings, **sandbox.addresses, home=tmp_path)
    away = replace(there, vault_kms_endpoint="http://127.0.0.1:9")
    body = alpaca(sandbox)
    kept = add(create_app(there).test_client(), headers, body | {"label": "Kept"})
    account_id = uuid.UUID(kept.json["trading_account"]["id"])

    client = create_app(away).test_client()
    refused = add(client, headers, body)

    assert (refused.status_code, refused.json["error"]) == (503, "vault_unavailable")
    with pytest.raises(VaultUnavailable):
        opened(account_id)
    assert client.get(ROUTE, headers=headers).json["total"] == 1
    assert [path.name for path in tmp_path.rglob("*.key")] == []
    keyring.connect(there)
    assert opened(account_id).key == body["api_key"]


def test_k4_keys_are_used_all_the_time_while_they_are_rotated(
    settings: Settings, user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "vault.key")
    monkeypatch.setenv("TRP_HOME", str(tmp_path))
    monkeypatch.setenv("TRP_MODE", "embedded")
    monkeypatch.setenv("TRP_VAULT_KEY_FILE", path)
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    keyring.connect(replace(settings, vault_key_file=path))
    kept = [keep(user, n) for n in range(10)]
    before = {row.id: row.sealed_keys for row in all_accounts()}
    ended = threading.Event()
    found: list[str] = []

    def trade() -> None:
        while not ended.is_set():
            found.extend(opened(account.id).secret for account in kept)

    trader = threading.Thread(target=trade)
    trader.start()
    codes = [main(["vault", "rotate"]) for _ in range(2)]
    ended.set()
    trader.join()
    db.connect(settings.database_url)

    assert codes == [0, 0]
    assert len(found) > 0
    assert set(found) == {"secret-secret-secret"}
    assert {row.wrapped_by for row in all_accounts()} == {keyring.connected().newest()}
    assert {row.id: row.sealed_keys for row in all_accounts()} == before


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_logs SET action = ''", "DELETE FROM audit_logs"],
    ids=["UPDATE", "DELETE"],
)
def test_k5_each_opening_is_on_a_trail_that_nobody_changes(
    settings: Settings, user: User, tmp_path: Path, change: str
) -> None:
    keyring.connect(replace(settings, vault_key_file=str(tmp_path / "vault.key")))
    account = keep(user)
    opened(account.id)
    with db.transaction() as session:
        row = session.scalars(select(AuditLog)).one()
    assert (row.action, row.user_id) == ("trading_account.key_used", user.id)
    assert (row.object_id, row.details) == (str(account.id), {"purpose": "test"})
    with pytest.raises(ProgrammingError), db.transaction() as session:
        session.execute(text(change))
    with db.transaction() as session:
        assert audit.verify(session).rows == 1


def test_k6_keys_that_can_withdraw_are_refused(
    client: FlaskClient, headers: Headers, sandbox: Sandbox
) -> None:
    answer = add(client, headers, coinbase(sandbox, can_transfer=True))
    assert (answer.status_code, answer.json["error"]) == (422, "withdrawal_right")
    assert all_accounts() == []


def test_k6_replacing_keys_lets_no_withdrawal_right_in(
    client: FlaskClient, headers: Headers, sandbox: Sandbox
) -> None:
    made = add(client, headers, coinbase(sandbox)).json["trading_account"]
    body = coinbase(sandbox, can_transfer=True)
    new = {name: body[name] for name in ("api_key", "api_secret")}
    answer = client.put(f"{ROUTE}/{made['id']}", json=new, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (422, "withdrawal_right")
    assert [row.key_version for row in all_accounts()] == [1]


def test_k7_no_nonce_and_no_data_key_repeats(settings: Settings, tmp_path: Path) -> None:
    keyring.connect(replace(settings, vault_key_file=str(tmp_path / "vault.key")))
    binding = Binding(db.new_id(), db.new_id(), 1)
    sealed = [envelope.seal(b"the same keys", binding) for _ in range(2_000)]
    nonces = {s.record[:NONCE_BYTES] for s in sealed} | {s.key.blob[:NONCE_BYTES] for s in sealed}
    assert len(nonces) == 4_000
    assert len({s.record[NONCE_BYTES:] for s in sealed}) == 2_000
    data_keys = {keyring.connected().unwrap(s.key, binding) for s in sealed}
    assert len(data_keys) == 2_000

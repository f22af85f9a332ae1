"""A change applies to the keys that were checked, or not at all."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.trading_accounts.traders import KEY, SECRET
from tests.vault.accounts import keep
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import leaving
from tradingrobotplug.errors import Conflict, Forbidden
from tradingrobotplug.models import TradingAccount, User
from tradingrobotplug.trading_accounts import keys, panic, service


def row_of(account: dict[str, Any]) -> TradingAccount:
    with db.transaction() as session:
        return session.get_one(TradingAccount, uuid.UUID(account["id"]))


def erase_all() -> None:
    with db.transaction() as session:
        panic.stop_everything(session, clock.now())


def test_keys_that_were_erased_while_new_ones_were_checked_stay_erased(
    account: dict[str, Any],
) -> None:
    edit = service.edit_of(row_of(account), {"api_key": KEY, "api_secret": SECRET})
    assert edit.new_keys is not None
    sealed = keys.seal(edit.new_keys, edit.next_binding)
    erase_all()
    with pytest.raises(Conflict, match="meanwhile"), db.transaction() as session:
        service.apply(session, edit, sealed, clock.now())
    assert row_of(account).sealed_keys is None


def test_no_key_is_stored_once_its_owner_has_left(account: dict[str, Any], user: User) -> None:
    edit = service.edit_of(row_of(account), {"api_key": KEY, "api_secret": SECRET})
    assert edit.new_keys is not None
    sealed = keys.seal(edit.new_keys, edit.next_binding)
    with db.transaction() as session:
        leaving.leave(session, user.id, "", clock.now())
    with pytest.raises(Forbidden, match="deleted"), db.transaction() as session:
        service.apply(session, edit, sealed, clock.now())
    with pytest.raises(Forbidden, match="deleted"):
        keep(user, 2)
    assert row_of(account).sealed_keys is None


def test_after_panic_only_new_keys_bring_an_account_back(
    client: FlaskClient, headers: dict[str, str], account: dict[str, Any]
) -> None:
    erase_all()
    path = f"/api/trading-accounts/{account['id']}"
    shown = client.get(path, headers=headers).json["trading_account"]
    assert (shown["status"], shown["key_ending"]) == ("revoked", "ABCD")
    client.put(path, json={"permissions": "read"}, headers=headers)
    wider = client.put(path, json={"permissions": "trade"}, headers=headers)
    assert (wider.status_code, wider.json["error"]) == (409, "keys_revoked")
    body = {"api_key": KEY, "api_secret": f"{SECRET}\n", "permissions": "trade"}
    back = client.put(path, json=body, headers=headers).json["trading_account"]
    assert (back["status"], back["revoked_at"]) == ("active", None)

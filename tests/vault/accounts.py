"""Trading accounts as the product stores them, and their keys as it opens them."""

import uuid
from typing import Any

from tradingrobotplug import clock, db
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.models import TradingAccount, User
from tradingrobotplug.trading_accounts import keys, service
from tradingrobotplug.vault.keyring import Binding


def keep(
    user: User, number: int = 1, secret: str = "secret-secret-secret", **columns: str
) -> TradingAccount:
    binding = Binding(user.id, db.new_id(), 1)
    sealed = keys.seal(BrokerKeys(f"PKKEY{number:08}", secret), binding)
    given: dict[str, Any] = {
        "label": f"Account {number}",
        "broker": "alpaca",
        "environment": "paper",
        "permissions": "trade",
        "api_key": f"PKKEY{number:08}",
    }
    with db.transaction() as session:
        return service.add(session, given | columns, binding, sealed, clock.now())


def opened(account_id: uuid.UUID) -> BrokerKeys:
    with db.transaction() as session:
        row = session.get_one(TradingAccount, account_id)
        taken = keys.take_out(session, row.id, "test", clock.now())
    return keys.opened(taken)

"""The demo user and its bot, made once over the API and kept in TRP_HOME."""

import json
import os
import secrets
import urllib.error
import urllib.request
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .. import clock, db
from ..models import Subscription
from ..plans import catalogue
from .problem import Problem

_FILE = "demo.json"
_BOT = {
    "name": "Demo bot",
    "description": "Buys and sells on paper whatever its webhook is told.",
    "asset_type": "crypto",
    "exchange": "coinbase",
    "trading_mode": "paper",
    "position_sizing": {"type": "fixed_amount", "value": "1000"},
}


@dataclass(slots=True)
class Account:
    """The demo login; the tokens are new at each start, all else stays."""

    email: str
    password: str
    subject: str  # who the user is at the demo site
    user_id: str = ""
    bot_id: str = ""
    webhook_url: str = ""
    access_token: str = ""


def prepare(home: Path, api_url: str) -> Account:
    """The demo user of this folder, signed in, with a bot that runs. Problem if the API refuses."""
    account = _kept(home) or Account("", secrets.token_urlsafe(15), str(uuid.uuid4()))
    answer = _log_in(api_url, account) if account.user_id else None
    if answer is None:
        account.bot_id = ""
        answer = _register(api_url, account)
    account.user_id = answer["user"]["id"]
    _keep(home, account)  # at once: a start that fails from here on must find this user again
    account.access_token = answer["token"]
    _put_on_popular_plan(account.user_id)
    if not account.bot_id or not _has_bot(api_url, account):
        made = _call("POST", f"{api_url}/api/bots", _BOT, account.access_token)
        account.bot_id, account.webhook_url = made["bot"]["id"], made["webhook_url"]
    path = account.webhook_url.partition("/webhook/")[2]
    account.webhook_url = f"{api_url}/webhook/{path}"  # the port may be another than last time
    _keep(home, account)
    return account


def curl(webhook_url: str) -> str:
    """The command that sends the demo bot an alert."""
    alert = json.dumps({"symbol": "BTCUSD", "action": "buy", "quantity": 0.01})
    return f"curl -X POST '{webhook_url}' -H 'Content-Type: application/json' -d '{alert}'"


def _register(api_url: str, account: Account) -> dict[str, Any]:
    """A new user; beside one whose password was lost with its file, under another name."""
    for ending in ("", f"-{secrets.token_hex(3)}"):
        account.email = f"demo{ending}@tradingrobotplug.example"
        fields = {
            "email": account.email,
            "password": account.password,
            "confirm_password": account.password,
        }
        try:
            return _call("POST", f"{api_url}/api/auth/register", fields)
        except _Refused as refusal:
            if refusal.status != 409:
                raise
    raise Problem("The demo user can't be made; start with --no-demo.")


def _log_in(api_url: str, account: Account) -> dict[str, Any] | None:
    try:
        fields = {"email": account.email, "password": account.password}
        return _call("POST", f"{api_url}/api/auth/login", fields)
    except _Refused as refusal:
        if refusal.status == 401:  # the database is another than the file's
            return None
        raise


def _put_on_popular_plan(user_id: str) -> None:
    """So that the demo shows every period, and has room for more bots."""
    plan = next(plan for plan in catalogue.plans() if plan.popular)
    row = Subscription(
        user_id=uuid.UUID(user_id), plan_id=plan.id, status="active", updated_at=clock.now()
    )
    with db.transaction() as session:
        session.merge(row)


def _has_bot(api_url: str, account: Account) -> bool:
    try:
        _call("GET", f"{api_url}/api/bots/{account.bot_id}", None, account.access_token)
    except _Refused as refusal:
        if refusal.status == 404:
            return False
        raise
    return True


class _Refused(Problem):
    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"The API refused to set up the demo ({status}): {body[:300]}")
        self.status = status


def _call(
    method: str, url: str, fields: dict[str, Any] | None, token: str | None = None
) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if fields is None else json.dumps(fields).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=15) as response:  # nosec B310  # our own API
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        raise _Refused(error.code, error.read().decode(errors="replace")) from error
    except OSError as error:
        raise Problem(f"The API stopped answering while the demo was set up: {error}") from error


def _kept(home: Path) -> Account | None:
    try:
        return Account(**json.loads((home / _FILE).read_text()))
    except FileNotFoundError:
        return None


def _keep(home: Path, account: Account) -> None:
    fresh = home / f"{_FILE}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump({**asdict(account), "access_token": ""}, file)
    fresh.rename(home / _FILE)

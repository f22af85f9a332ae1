"""The demo user and its bot, made once over the API and kept in TRP_HOME."""

import argparse
import json
import secrets
import uuid
from pathlib import Path
from typing import Any

from .. import clock, config, db
from ..models import Subscription
from ..plans import catalogue
from . import demo_file, demo_login, running
from .demo_file import Account
from .demo_login import Refused, call
from .problem import Problem

_BOT = {
    "name": "Demo bot",
    "description": "Buys and sells on paper whatever its webhook is told.",
    "asset_type": "crypto",
    "exchange": "coinbase",
    "trading_mode": "paper",
    "position_sizing": {"type": "fixed_amount", "value": "1000"},
}


def prepare(home: Path, api_url: str) -> Account:
    """The demo user of this folder, signed in, with a bot that runs. Problem if the API refuses."""
    account = demo_file.kept(home) or Account("", secrets.token_urlsafe(15), str(uuid.uuid4()))
    answer = demo_login.sign_in(api_url, account) if account.user_id else None
    if answer is None:
        account.bot_id = ""
        answer = _register(api_url, account)
    account.user_id = answer["user"]["id"]
    _note_tokens(home, account, answer)  # at once: a start that fails must find this user again
    if not answer["user"]["second_factor"]["enrolled"]:
        account.totp_secret = demo_login.new_secret(api_url, account.access_token)
        demo_file.keep(home, account)  # before it counts, so that it can't be lost
        demo_login.confirm(api_url, account)
    _put_on_popular_plan(account.user_id)
    if not account.bot_id or not _has_bot(api_url, account):
        made = call("POST", f"{api_url}/api/bots", _BOT, account.access_token)
        account.bot_id, account.webhook_url = made["bot"]["id"], made["webhook_url"]
    path = account.webhook_url.partition("/webhook/")[2]
    account.webhook_url = f"{api_url}/webhook/{path}"  # the port may be another than last time
    demo_file.keep(home, account)
    return account


def code(given: argparse.Namespace) -> int:
    """Print the code that the demo user's authenticator app would show now."""
    home = config.load(running.environment_of(given.home)).home
    account = demo_file.kept(home)
    if account is None or not account.totp_secret:
        raise Problem(f"There is no demo user in {home}: start `trp up` there first.")
    print(demo_login.code_at(account, clock.now()))
    return 0


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
            return call("POST", f"{api_url}/api/auth/register", fields)
        except Refused as refusal:
            if refusal.status != 409:
                raise
    raise Problem("The demo user can't be made; start with --no-demo.")


def _note_tokens(home: Path, account: Account, answer: dict[str, Any]) -> None:
    account.access_token, account.refresh_token = answer["token"], answer["refresh_token"]
    demo_file.keep(home, account)


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
        call("GET", f"{api_url}/api/bots/{account.bot_id}", None, account.access_token)
    except Refused as refusal:
        if refusal.status == 404:
            return False
        raise
    return True

"""What is kept of the demo user in TRP_HOME, for the owner's eyes only."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

_FILE = "demo.json"


@dataclass(slots=True)
class Account:
    """The demo login; the tokens are new at each start, all else stays."""

    email: str
    password: str = field(repr=False)
    subject: str  # who the user is at the demo site
    user_id: str = ""
    bot_id: str = ""
    webhook_url: str = field(default="", repr=False)
    totp_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


def kept(home: Path) -> Account | None:
    """The demo user of this folder, if one was made."""
    try:
        return Account(**json.loads((home / _FILE).read_text()))
    except FileNotFoundError:
        return None


def keep(home: Path, account: Account) -> None:
    """Write it down, whole or not at all."""
    fresh = home / f"{_FILE}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump({**asdict(account), "access_token": ""}, file)
    fresh.rename(home / _FILE)

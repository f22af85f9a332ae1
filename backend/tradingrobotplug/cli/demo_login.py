"""How the demo user signs in over the API: as a person would, with password and code.

A code is accepted once. So a start uses the code of the step before and leaves the present one,
which `trp demo code` prints, to the person at the keyboard; and it goes on with the session of the
last start while that lives, so that starting twice in a minute needs no second code.
"""

import json
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

import pyotp

from .. import clock
from .demo_file import Account
from .problem import Problem

_STEP = timedelta(seconds=30)


class Refused(Problem):
    """The API said no."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"The API refused to set up the demo ({status}): {body[:300]}")
        self.status = status


def sign_in(api_url: str, account: Account) -> dict[str, Any] | None:
    """User and tokens; None if the database is another than the one this login was made in."""
    if account.refresh_token:
        renewal = {"refresh_token": account.refresh_token}
        answer = _unless(401, f"{api_url}/api/auth/refresh", renewal)
        # To set up an authenticator takes a new login, however long ago this one was.
        if answer is not None and answer["user"]["second_factor"]["enrolled"]:
            return answer
    login = {"email": account.email, "password": account.password}
    try:
        return _unless(401, f"{api_url}/api/auth/login", login)
    except Refused as refusal:
        if refusal.status != 403:
            raise
    return _with_code(api_url, account, login) if account.totp_secret else None


def new_secret(api_url: str, token: str) -> str:
    """A secret for the demo user's authenticator; it counts once it is confirmed."""
    return str(call("POST", f"{api_url}/api/auth/2fa/enable", None, token)["secret"])


def confirm(api_url: str, account: Account) -> None:
    """Show a first code of the secret; a second time if a step ended on the way."""
    try:
        _confirm_once(api_url, account)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        _confirm_once(api_url, account)


def code_at(account: Account, moment: datetime) -> str:
    """The code that an authenticator app shows at this moment."""
    return pyotp.TOTP(account.totp_secret).at(moment)


def call(
    method: str, url: str, fields: dict[str, Any] | None, token: str | None = None
) -> dict[str, Any]:
    """The API's answer. Refused, or Problem if there is none."""
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
        raise Refused(error.code, error.read().decode(errors="replace")) from error
    except OSError as error:
        raise Problem(f"The API stopped answering while the demo was set up: {error}") from error


def _confirm_once(api_url: str, account: Account) -> None:
    fields = {"totp_code": code_at(account, clock.now() - _STEP)}
    call("POST", f"{api_url}/api/auth/2fa/confirm", fields, account.access_token)


def _with_code(api_url: str, account: Account, login: dict[str, Any]) -> dict[str, Any] | None:
    """The password was right. A refused code has been used by somebody in this last minute; None
    if even an unused one is refused, because the account has another authenticator by now."""
    url = f"{api_url}/api/auth/login"
    for moment in (clock.now() - _STEP, clock.now()):
        answer = _unless(401, url, login | {"totp_code": code_at(account, moment)})
        if answer is not None:
            return answer
    time.sleep(_STEP.total_seconds() - time.time() % _STEP.total_seconds())
    return _unless(401, url, login | {"totp_code": code_at(account, clock.now())})


def _unless(status: int, url: str, fields: dict[str, Any]) -> dict[str, Any] | None:
    """The answer to a POST, or None where it is refused with this status."""
    try:
        return call("POST", url, fields)
    except Refused as refusal:
        if refusal.status == status:
            return None
        raise

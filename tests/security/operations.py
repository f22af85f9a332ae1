"""Every operation of the OpenAPI file, and what it is called with."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.accounts.signing import NEW, PASSWORD
from tests.trading_accounts.traders import KEY, SECRET

ROBOT = "tsla_improved_strategy"
HERE = "http://127.0.0.1:8000/back"
DESCRIBED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "shared-schemas" / "openapi.json").read_text()
)


@dataclass(frozen=True)
class Operation:
    """A method on a path. `body`: whether it reads one; `is_keyed`: whether it takes API keys."""

    method: str
    path: str
    is_guarded: bool
    body: bool
    is_keyed: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def url(self, ids: dict[str, str]) -> str:
        """The path with these ids in it."""
        return self.path.format_map(ids)


def _operations() -> list[Operation]:
    return [
        Operation(
            method.upper(),
            path,
            bool(what.get("security")),
            "requestBody" in what,
            any("api_key" in way for way in what.get("security", [])),
        )
        for path, methods in DESCRIBED["paths"].items()
        for method, what in methods.items()
        if method != "parameters"
    ]


OPERATIONS = _operations()
GUARDED = [operation for operation in OPERATIONS if operation.is_guarded]
KEYED = [operation for operation in OPERATIONS if operation.is_keyed]
# Routes of administrators, closed to everybody else.
ADMIN = {
    "GET /api/admin/audit",
    "GET /api/admin/users",
    "GET /api/admin/users/{user_id}",
    "POST /api/admin/users/{user_id}/suspend",
    "POST /api/admin/users/{user_id}/reinstate",
    "POST /api/admin/users/{user_id}/unlock",
    "POST /api/admin/users/{user_id}/logout",
    "POST /api/admin/site-codes",
    "GET /api/admin/sites",
    "PUT /api/admin/sites/{site_id}",
    "DELETE /api/admin/sites/{site_id}",
    "GET /api/admin/enquiries",
    "GET /api/admin/halt",
    "POST /api/admin/halt",
    "DELETE /api/admin/halt",
}
ADMINS = [operation for operation in GUARDED if str(operation) in ADMIN]
USERS = [operation for operation in GUARDED if str(operation) not in ADMIN]
READS = [operation for operation in USERS if operation.method == "GET"]
WRITES = [operation for operation in OPERATIONS if operation.method != "GET"]
# Paths that lead to something that belongs to a user.
_OWN = (
    *("account_id", "bot_id", "channel_id", "drift_id", "export_id", "key_id"),
    *("session_id", "signal_id", "site_id", "transaction_id", "user_id"),
)
OWNED = [o for o in GUARDED if any(f"{{{name}}}" in o.path for name in _OWN)]

# What may be asked without a token. A route is guarded, or it is named here.
PUBLIC = {
    "POST /api/auth/register",
    "POST /api/auth/login",
    "POST /api/auth/refresh",
    "POST /api/auth/verify-email",
    "POST /api/auth/password/forgot",
    "POST /api/auth/password/reset",
    "POST /api/enquiries",
    "POST /api/sites/register",
    "POST /api/sites/token",
    "POST /api/sites/link",
    "POST /api/sites/logout",
    "POST /api/sites/mailbox",
    "POST /api/sites/unregister",
    "GET /api/exports/file",
    "GET /api/performance/public/leaderboard",
    "GET /api/performance/public/leaderboard/chain",
    "GET /api/performance/public/leaderboard/chain/lines",
    "GET /api/performance/plugin/{plugin_id}/{period}",
    "GET /api/plans",
    "GET /api/robots",
    "GET /api/robots/{robot_id}",
    "GET /api/status",
    "POST /webhook/stripe",
    "POST /webhook/{bot_id}/{secret}",
}
# Rules outside of the file: for those who watch the service, the pages that mailed links lead to,
# and the file itself.
UNDESCRIBED = {
    "/health",
    "/ready",
    "/metrics",
    "/account/<any('verify', 'reset', 'email', 'delete'):purpose>",
    "/account/link",
    "/account/style.css",
    "/api/openapi.json",
    "/api/docs",
    "/api/docs/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>",
    "/api/docs/start.js",
}

NEW_BOT = {
    "name": "Mine",
    "asset_type": "crypto",
    "exchange": "coinbase",
    "position_sizing": {"type": "fixed_amount", "value": "1000"},
}
# A body that each write takes; a new write has its body here, or reads none.
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/auth/register": {
        "email": "new@example.com",
        "password": "a long enough passphrase",
        "confirm_password": "a long enough passphrase",
    },
    "POST /api/auth/login": {"email": "new@example.com", "password": "a long enough passphrase"},
    "POST /api/auth/refresh": {"refresh_token": "r" * 43},
    "POST /api/sites/register": {
        "code": "c" * 20,
        "name": "Blog",
        "url": "https://blog.example",
        "public_key": "k" * 43,
    },
    "POST /api/sites/token": {"assertion": "a.b.c"},
    "POST /api/sites/link": {"assertion": "a.b.c", "code": "c" * 43, "code_verifier": "v" * 43},
    "POST /api/sites/logout": {"assertion": "a.b.c"},
    "POST /api/sites/mailbox": {"assertion": "a.b.c"},
    "POST /api/admin/site-codes": {"scopes": ["act_for_users"]},
    "PUT /api/admin/sites/{site_id}": {"scopes": ["act_for_users"]},
    "POST /api/sites/unregister": {"assertion": "a.b.c"},
    "POST /api/auth/verify-email": {"token": "t" * 43},
    "POST /api/auth/password/forgot": {"email": "new@example.com"},
    "POST /api/auth/password/reset": NEW | {"token": "t" * 43},
    "POST /api/auth/password/change": NEW | {"current_password": PASSWORD},
    "POST /api/auth/email/change": {"email": "newer@example.com"},
    "DELETE /api/users/me": {"password": PASSWORD},
    "POST /api/auth/2fa/confirm": {"totp_code": "000000"},
    "POST /api/auth/step-up": {"password": PASSWORD, "totp_code": "000000"},
    "POST /api/api-keys": {"name": "Mine", "scopes": ["read"]},
    "POST /api/trading-accounts": {
        "label": "Alpaca",
        "broker": "alpaca",
        "environment": "paper",
        "api_key": KEY,
        "api_secret": SECRET,
    },
    "PUT /api/trading-accounts/{account_id}": {"label": "Changed"},
    "POST /api/admin/users/{user_id}/suspend": {"reason": "Asked to."},
    "POST /api/halt": {"level": "entries"},
    "POST /api/admin/halt": {"level": "entries", "reason": "Asked to."},
    "POST /api/bots/{bot_id}/halt": {"level": "entries"},
    "POST /api/notification-channels": {
        "kind": "telegram",
        "name": "Phone",
        "bot_token": "123456789:AAF-token-of-a-bot_0123456789abcdef",
        "chat_id": "-100200300",
    },
    "PUT /api/notification-channels/{channel_id}": {"name": "Changed"},
    "PUT /api/notification-preferences": {
        "preferences": [{"event": "fill", "channel": "mail", "wanted": True}]
    },
    "POST /api/drifts/{drift_id}/repair": {"with": "outside"},
    "POST /api/exports": {"kind": "trades_csv"},
    "PUT /api/subscription/bots": {"keep": []},
    "POST /api/subscription/checkout": {"plan": "low", "return_url": HERE},
    "POST /api/subscription/preview": {"plan": "premium"},
    "POST /api/subscription/change": {"plan": "premium"},
    "POST /api/subscription/portal": {"return_url": HERE},
    "POST /api/robots/{robot_id}/purchase": {"return_url": HERE},
    "POST /api/enquiries": {
        "name": "Ada",
        "email": "ada@example.com",
        "message": "Please call me.",
        "plan": "premium",
    },
    "POST /api/upgrade-prompts": {"kind": "shown", "limit": "bots", "place": "overview"},
    "POST /api/bots": NEW_BOT,
    "PUT /api/bots/{bot_id}": {"name": "Changed"},
    "POST /api/bots/{bot_id}/status": {"status": "stopped"},
    "POST /api/bots/{bot_id}/clone": {"name": "Copy"},
    "POST /api/bots/{bot_id}/rotate-secret": {"overlap_seconds": 60},
    "POST /api/bots/{bot_id}/preview": {"alert": "buy 0.001 BTCUSD"},
    "POST /api/bots/{bot_id}/test-signal": {},
    "POST /api/bots/{bot_id}/warnings/dismiss": {"key": "lost_alert"},
    "POST /api/signals/{signal_id}/replay": {"to": "bot"},
    "POST /api/bots/{bot_id}/capital": {"amount": "100"},
    "POST /api/bots/{bot_id}/account": {"trading_account_id": None},
    "POST /api/bots/{bot_id}/live/terms": {
        "trading_account_id": "00000000-0000-4000-8000-000000000000",
        "capital": "1000",
    },
    "POST /api/bots/{bot_id}/live": {"confirmation": "c" * 43},
}


def body_of(operation: Operation) -> dict[str, Any] | None:
    """What to send with it."""
    return BODIES.get(str(operation), {}) if operation.body else None

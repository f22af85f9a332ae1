"""How each kind of channel takes a message: Telegram, Discord, Slack, and signed webhooks.

Telegram: core.telegram.org/bots/api#sendmessage. Discord: docs.discord.com, Execute Webhook.
Slack: docs.slack.dev, incoming webhooks. What users and brokers wrote goes as plain text, so that
a bot's name can neither call everybody of a room nor format what follows.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ..config import Settings
from ..errors import Invalid
from . import outbound, wording
from .letter import one_line
from .wording import Message

SIGNATURE, TIMESTAMP = "X-TRP-Signature", "X-TRP-Timestamp"
_LONGEST_TELEGRAM, _LONGEST_DISCORD, _LONGEST_SLACK = 4000, 1900, 3000
_LONGEST_REASON = 200
_SLOW_DOWN = 429

_settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`later`: worth another try, not before `wait_seconds`; `never`: it will not be taken."""

    word: Literal["taken", "later", "never"]
    reason: str | None = None
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class _Call:
    """A request as a channel wants it."""

    url: str
    content: Mapping[str, Any]


def connect(settings: Settings) -> None:
    """Set this process's chat services, and whether this very machine may be asked."""
    global _settings
    _settings = settings


def refuse_unfit(kind: str, record: Mapping[str, str]) -> None:
    """Invalid `address_not_allowed` for an address that is not one of this kind of channel."""
    if kind == "telegram":
        return
    outbound.refuse_unfit(record["url"], allow_loopback=_allows_loopback())
    beginning = _beginnings().get(kind, "")
    if not record["url"].startswith(beginning):
        sentence = f"The address must begin with {beginning}"
        raise Invalid("address_not_allowed", sentence, {"url": [sentence]})


def send(kind: str, record: Mapping[str, str], message: Message, now: datetime) -> Outcome:
    """Hand one message over, once. Never raises for what the other side does."""
    call = _CALLS[kind](record, message)
    body = json.dumps(call.content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "TradingRobotPlug"}
    if kind == "webhook":
        headers |= signed(record["secret"], body, now)
    try:
        answer = outbound.post(call.url, body, headers, allow_loopback=_allows_loopback())
    except outbound.NotDelivered as error:
        return Outcome("later", str(error))
    except Invalid as error:
        return Outcome("never", error.message)
    return _as_webhook(answer) if kind == "webhook" else _as_chat(answer)


def signed(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """Headers that prove the sender and the time: HMAC-SHA256 over `<timestamp>.<body>`."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return {TIMESTAMP: timestamp, SIGNATURE: f"v1={digest.hexdigest()}"}


def _telegram(record: Mapping[str, str], message: Message) -> _Call:
    return _Call(
        f"{_known().telegram_url}/bot{record['bot_token']}/sendMessage",
        {
            "chat_id": record["chat_id"],
            "text": wording.plain(message, _LONGEST_TELEGRAM),
            "link_preview_options": {"is_disabled": True},
        },
    )


def _discord(record: Mapping[str, str], message: Message) -> _Call:
    text = wording.plain(message, _LONGEST_DISCORD)
    return _Call(record["url"], {"content": text, "allowed_mentions": {"parse": []}, "flags": 4})


def _slack(record: Mapping[str, str], message: Message) -> _Call:
    text = wording.plain(message, _LONGEST_SLACK)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    return _Call(record["url"], {"text": text, "mrkdwn": False, "unfurl_links": False})


def _webhook(record: Mapping[str, str], message: Message) -> _Call:
    bot = {"id": str(message.bot_id), "name": message.bot_name} if message.bot_id else None
    return _Call(
        record["url"],
        {
            "type": message.kind,
            "bot": bot,
            "text": wording.plain(message, _LONGEST_SLACK),
            "events": [
                {"id": str(told.id), "at": told.at.isoformat(), "facts": dict(told.facts)}
                for told in message.told
            ],
        },
    )


_CALLS: dict[str, Callable[[Mapping[str, str], Message], _Call]] = {
    "telegram": _telegram,
    "discord": _discord,
    "slack": _slack,
    "webhook": _webhook,
}


def _as_chat(answer: outbound.Answer) -> Outcome:
    """A chat service means its 4xx: the chat or the token is gone."""
    if answer.status < 300:
        return Outcome("taken")
    reason = f"It answered {answer.status}: {_said(answer.text)}"
    if answer.status == _SLOW_DOWN or answer.status >= 500:
        return Outcome("later", reason, answer.retry_after or 0)
    return Outcome("never", reason)


def _as_webhook(answer: outbound.Answer) -> Outcome:
    """What a user's own server says may change with its next release, but for 410 Gone. Its words
    are not shown: whoever may name an address must not read through us what it answers."""
    if 200 <= answer.status < 300:
        return Outcome("taken")
    reason = f"It answered {answer.status}."
    if 300 <= answer.status < 400:
        reason = f"It answered {answer.status}: redirects are not followed."
    if answer.status == 410:
        return Outcome("never", reason)
    return Outcome("later", reason, answer.retry_after or 0)


def _said(text: str) -> str:
    """The sentence in Telegram's or Discord's JSON, or Slack's bare word."""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    words = (body.get("description") or body.get("message")) if isinstance(body, dict) else text
    return one_line(str(words or "no reason given"))[:_LONGEST_REASON]


def _beginnings() -> dict[str, str]:
    return {
        "discord": f"{_known().discord_url}/api/webhooks/",
        "slack": f"{_known().slack_url}/services/",
    }


def _allows_loopback() -> bool:
    return _known().notify_loopback == "allowed"


def _known() -> Settings:
    if _settings is None:
        raise RuntimeError("senders.connect was not called")
    return _settings

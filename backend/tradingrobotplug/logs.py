"""One line per event: a past-tense dotted fact with fields, secrets redacted in every sink."""

import json
import logging
import re
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeout
from sqlalchemy.exc import OperationalError

# The webhook secret travels in the path because its senders can't do otherwise; tokens and
# passwords may end up in a message by way of a library.
_NAMED = r"(?:password|secret|token|ticket|api[_-]key|totp_code|backup_codes?)\\*[\"']?\s*[=:]\s*"
_REDACTIONS = (
    (re.compile(r"(/webhook/[^/\s\"']+/)[^/\s\"'?]+"), r"\1[redacted]"),
    (re.compile(r"\btrp_[\w-]{12,}", re.ASCII), "[redacted]"),
    (
        re.compile(r"(x[-_]api[-_]key[\"']?\s*[=:,]\s*b?[\"']?)[^\s\"',}&)]+", re.IGNORECASE),
        r"\1[redacted]",
    ),
    (re.compile(r"(Bearer\s+)[\w.~+/=-]+", re.IGNORECASE), r"\1[redacted]"),
    (re.compile(r"(://[^:/\s@]*:)[^@/\s]+@"), r"\1[redacted]@"),
    # Up to the quote that began it, however deeply quoted; to the end if there is none.
    (
        re.compile(rf"({_NAMED})(\\*[\"'])(?:.*?(?<!\\)\2|.*)", re.IGNORECASE | re.DOTALL),
        r"\1\2[redacted]\2",
    ),
    (re.compile(rf"({_NAMED})[^\s\"',}}&\\]+", re.IGNORECASE), r"\1[redacted]"),
    # What shows by itself that it is one: keys of Stripe, signed tokens, private keys.
    (re.compile(r"\b(?:[sr]k_(?:live|test)|whsec)_\w+", re.ASCII), "[redacted]"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "[redacted]"),
    (
        re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END|\Z)", re.DOTALL),
        r"\1[redacted]",
    ),
)
# Without one of these no redaction finds anything: most texts are looked through once, for them.
_HINTS = re.compile(
    r"/webhook/|trp_|api[-_]?key|bearer|://|password|secret|token|ticket|totp_code|backup_code"
    r"|[sr]k_(?:live|test)|whsec|eyj|-----begin",
    re.IGNORECASE,
)
# SQLSTATE classes of a database that is not there: connection exceptions, operator's intervention.
_ABSENT = ("08", "57P")
_NOISY = ("rq.worker", "rq.queue", "alembic.runtime.migration", "werkzeug", "urllib3", "stripe")
_about: ContextVar[Mapping[str, object]] = ContextVar("about", default=MappingProxyType({}))


def redact(text: str) -> str:
    """The text without webhook secrets, tokens, API keys, and passwords in URLs or pairs."""
    if not _HINTS.search(text):
        return text
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class LineFormatter(logging.Formatter):
    """`2026-01-05T15:00:03.123Z INFO order.submitted order_id=… ms=12`, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {**_about.get(), **getattr(record, "fields", {})}
        pairs = "".join(f" {key}={_value(value)}" for key, value in fields.items())
        text = f"{at[:-6]}Z {record.levelname} {record.getMessage()}{pairs}"
        if record.exc_info:
            text += " " + json.dumps(redact(self.formatException(record.exc_info)))
        return redact(_printable(text))

    def formatException(self, ei: Any) -> str:
        """The traceback; of an outage a line: it comes again and again, and shows no fault here."""
        error = ei[1]
        return str(error).partition("\n")[0] if _is_outage(error) else super().formatException(ei)


def configure(level: str = "INFO") -> None:
    """Send every log line of the process to stderr in the one format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def event(name: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log one fact: event("order.submitted", order_id=…, ms=…)."""
    logging.getLogger("trp").log(level, name, extra={"fields": fields})


@contextmanager
def about(**fields: object) -> Iterator[None]:
    """Every line that this thread logs inside carries these fields: whose work it was."""
    token = _about.set({**_about.get(), **fields})
    try:
        yield
    finally:
        _about.reset(token)


@contextmanager
def apart(failed: str, **fields: object) -> Iterator[None]:
    """What fails inside is logged as `failed`, with its traceback, and keeps nothing that comes
    after it waiting; but for an outage of the database or Redis, which that would meet too."""
    with about(**fields):
        try:
            yield
        except Exception as error:
            if _is_outage(error):
                raise
            logging.getLogger("trp").exception(failed)


def _is_outage(error: BaseException | None) -> bool:
    """Whether the database or Redis could not be reached."""
    if isinstance(error, OperationalError):
        state = getattr(error.orig, "sqlstate", None)
        return state is None or state.startswith(_ABSENT)
    return isinstance(error, RedisConnectionError | RedisTimeout)


def _value(value: object) -> str:
    if isinstance(value, int | uuid.UUID):
        return str(value)
    text = redact(str(value))  # before quotes are escaped, which would hide them from it
    return json.dumps(text) if re.search(r"[\s\"=]", text) or not text else text


def _printable(text: str) -> str:
    """On one line, and without what a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)

"""One line per event: a past-tense dotted fact with fields, secrets redacted in every sink."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

# The webhook secret travels in the path because its senders can't do otherwise; tokens and
# passwords may end up in a message by way of a library.
_REDACTIONS = (
    (re.compile(r"(/webhook/[^/\s\"']+/)[^/\s\"'?]+"), r"\1[redacted]"),
    (re.compile(r"\btrp_[\w-]{32,}", re.ASCII), "[redacted]"),
    (
        re.compile(r"(x[-_]api[-_]key[\"']?\s*[=:,]\s*b?[\"']?)[^\s\"',}&)]+", re.IGNORECASE),
        r"\1[redacted]",
    ),
    (re.compile(r"(Bearer\s+)[\w.~+/=-]+", re.IGNORECASE), r"\1[redacted]"),
    (re.compile(r"(://[^:/\s@]*:)[^@/\s]+@"), r"\1[redacted]@"),
    (
        re.compile(r"((?:password|secret|token|api_key)[\"']?\s*[=:]\s*[\"']?)[^\s\"',}&]+", re.I),
        r"\1[redacted]",
    ),
)


def redact(text: str) -> str:
    """The text without webhook secrets, tokens, API keys, and passwords in URLs or pairs."""
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class LineFormatter(logging.Formatter):
    """`2026-01-05T15:00:03.123Z INFO order.submitted order_id=… ms=12`, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", {})
        pairs = "".join(f" {key}={_value(value)}" for key, value in fields.items())
        text = f"{at[:-6]}Z {record.levelname} {record.getMessage()}{pairs}"
        if record.exc_info:
            text += " " + json.dumps(self.formatException(record.exc_info))
        return redact(text.replace("\r", "\\r").replace("\n", "\\n"))


def configure(level: str = "INFO") -> None:
    """Send every log line of the process to stderr in the one format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("rq.worker", "rq.queue", "alembic.runtime.migration", "werkzeug", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def event(name: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log one fact: event("order.submitted", order_id=…, ms=…)."""
    logging.getLogger("trp").log(level, name, extra={"fields": fields})


def _value(value: object) -> str:
    text = str(value)
    return json.dumps(text) if re.search(r"[\s\"=]", text) or not text else text

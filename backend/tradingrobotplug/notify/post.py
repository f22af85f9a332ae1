"""The mail server of the settings, and the message as it goes over the wire."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from ..config import Settings
from ..models import Mail

TIMEOUT_SECONDS = 15
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")

_settings: Settings | None = None


def connect(settings: Settings) -> None:
    """Set this process's mail server, sender and public address."""
    global _settings
    _settings = settings


def public_url() -> str:
    """Where links in mails lead; from the settings, never from a request."""
    return _known().public_url


def sales_address() -> str:
    """Where enquiries about plans go; empty where the operator named no address."""
    return _known().sales_email


def has_server() -> bool:
    """Whether mails can leave; without a server the outbox is the mailbox."""
    return bool(_known().smtp_url)


def deliver(mail: Mail) -> None:
    """Hand one mail to the server. OSError (smtplib's are) or ValueError if it can't be."""
    message = as_message(mail, _known().mail_from)
    with _signed_in() as client:
        client.send_message(message, from_addr=_known().mail_from, to_addrs=[mail.recipient])


def greet() -> None:
    """Sign in at the server and send nothing. OSError (smtplib's are) if it refuses."""
    with _signed_in() as client:
        client.noop()


def as_message(mail: Mail, sender: str) -> EmailMessage:
    """Text and HTML in one message; a repeat after a lost answer carries the same Message-ID."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.recipient
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _signed_in() -> smtplib.SMTP:
    parts = urlsplit(_known().smtp_url)
    client = _client(parts)
    try:
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
    except Exception:
        client.close()
        raise
    return client


def _client(parts: SplitResult) -> smtplib.SMTP:
    """Encrypted with a checked certificate, except to this very machine."""
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    client = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
    if host in _OWN_MACHINE:
        return client
    try:
        client.starttls(context=context)
    except Exception:
        client.close()
        raise
    return client


def _known() -> Settings:
    if _settings is None:
        raise RuntimeError("post.connect was not called")
    return _settings

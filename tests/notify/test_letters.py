"""What users wrote can't become markup, a header, or a second mail."""

from collections.abc import Callable
from email import message_from_bytes
from email.policy import default

import pytest

from tests.mailbox import mails
from tradingrobotplug import clock, db
from tradingrobotplug.errors import Invalid
from tradingrobotplug.notify import jobs, outbox
from tradingrobotplug.notify.letter import Letter, as_html, as_text

from .conftest import Server

SCRIPT = "<script>alert('x')</script>\" onload=\"x"
BREAK = "Hello\r\nBcc: thief@example.com\r\n\r\nA second body"


def test_i3_names_are_escaped_in_html_wherever_they_stand() -> None:
    letter = Letter("k", SCRIPT, (SCRIPT,), SCRIPT, f"https://x.example/?{SCRIPT}", (SCRIPT,))
    html = as_html(letter, SCRIPT, "https://x.example")
    assert "<script>" not in html
    assert 'onload="' not in html
    assert "&lt;script&gt;" in html


def test_i7_braces_of_users_are_text() -> None:
    letter = Letter("k", "{{ 7 * 7 }}", ("{% raise %}{{ 7 * 7 }}",))
    text = as_text(letter, "{{ letter }}", "https://x.example")
    html = as_html(letter, "{{ letter }}", "https://x.example")
    assert ("49" in text + html, text.startswith("Hello {{ letter }},")) == (False, True)


def test_i6_a_line_break_in_a_subject_makes_no_header(server: Server) -> None:
    with db.transaction() as session:
        letter = Letter("k", BREAK, (BREAK,))
        mail = outbox.put(session, letter, "a@example.com", clock.now(), name=BREAK)
    jobs.send(str(mail.id))
    message = message_from_bytes(server.envelopes[0].content, policy=default)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: thief@example.com A second body"
    assert server.envelopes[0].rcpt_tos == ["a@example.com"]


def test_i6_a_line_break_already_in_the_table_is_not_sent(server: Server) -> None:
    with db.transaction() as session:
        mail = outbox.put(session, Letter("k", "Fine", ()), "a@example.com", clock.now())
        mail.subject = BREAK
    jobs.send(str(mail.id))
    assert server.envelopes == []
    assert (mails()[0].last_error or "").startswith("ValueError")


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com\r\nBcc: thief@example.com",
        "a@example.com,thief@example.com",
        "a@example.com thief@example.com",
        "<a@example.com>",
        "a@example.com\x00",
        "nowhere",
    ],
)
def test_i6_an_address_that_is_more_than_one_is_refused(
    connected: Callable[[str], None], address: str
) -> None:
    connected("")
    with pytest.raises(Invalid), db.transaction() as session:
        outbox.put(session, Letter("k", "s", ()), address, clock.now())
    assert mails() == []

"""One look for every mail, as text and as HTML; what users wrote is a value, never a template."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: a few paragraphs, at most one link to follow, and small print."""

    kind: str
    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""
    link: str = ""
    closing: tuple[str, ...] = ()


def one_line(text: str) -> str:
    """Without line breaks and other control characters, so that no header can be smuggled in."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:_LONGEST_SUBJECT]


def as_text(letter: Letter, name: str, public_url: str) -> str:
    """The plain part. Control characters are taken out of what users wrote."""
    return (
        _templates(is_html=False)
        .get_template("letter.txt")
        .render(_values(letter, name, public_url))
    )


def as_html(letter: Letter, name: str, public_url: str) -> str:
    """The same for readers that show HTML; everything is escaped."""
    return (
        _templates(is_html=True)
        .get_template("letter.html")
        .render(_values(letter, name, public_url))
    )


def _values(letter: Letter, name: str, public_url: str) -> dict[str, object]:
    return {
        "letter": Letter(
            kind=letter.kind,
            subject=one_line(letter.subject),
            paragraphs=tuple(one_paragraph(p) for p in letter.paragraphs),
            button=letter.button,
            link=letter.link,
            closing=tuple(one_paragraph(p) for p in letter.closing),
        ),
        "greeting": f"Hello {one_line(name)}," if name else "Hello,",
        "public_url": public_url,
    }


def one_paragraph(text: str) -> str:
    """Printable, on one line; a paragraph may be longer than a subject."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@cache
def _templates(*, is_html: bool) -> "Environment":
    """For processes that write mails; most never do, and start sooner without Jinja."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 (see above)

    return Environment(  # nosec B701  # plain text is not HTML
        loader=PackageLoader("tradingrobotplug.notify", "templates"),
        autoescape=is_html,
        undefined=StrictUndefined,
    )

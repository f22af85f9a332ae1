"""Raw body → JSON object, strictly: what is ambiguous or hostile is refused with its reason."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn

from ..money import decimal_from
from ..web.schemas import snake_case

_LARGEST = Decimal(10) ** 12
_SMALLEST_STEP = -12  # NUMERIC(30, 12) holds every amount
_UNREPLACED = re.compile(r"\{\{\s*[\w.\s]+\}\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Refused(ValueError):
    """The alert can't be used; `reason` is a sentence for the person who wrote it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Fields(dict[str, Any]):
    """The fields of an object, and which of them were looked at: what was not decides nothing."""

    def __init__(self, fields: Mapping[str, Any], seen: set[str] | None = None) -> None:
        super().__init__(fields)
        self._seen: set[str] = set() if seen is None else seen

    def __getitem__(self, name: str) -> Any:
        self._seen.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._seen.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The field's value; `default` if it is not given."""
        self._seen.add(name)
        return super().get(name, default)

    def __or__(self, other: dict[str, Any]) -> "Fields":  # type: ignore[override]
        return Fields(super().__or__(other), self._seen)

    def unseen(self) -> Iterator[str]:
        """The names of the others, those of inner objects with a dot."""
        for name, value in self.items():
            if name not in self._seen:
                yield name
                continue
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, Fields):
                    yield from (f"{name}.{one}" for one in inner.unseen())


def text_of(body: bytes) -> str:
    """The body as text. Refused if it is none, or if one of the sender's placeholders is left."""
    text = _text(body)
    unreplaced = "{{" in text and _UNREPLACED.search(text)
    if unreplaced:
        raise Refused(f"The placeholder {unreplaced[0]} was not replaced by the sender.")
    return text


def is_json(text: str) -> bool:
    """Whether the text is meant as JSON."""
    return text.lstrip().startswith(("{", "[", '"'))


def json_object(text: str, kind: type[dict[str, Any]] = dict) -> dict[str, Any]:
    """The text as one JSON object with snake_case names, it and those inside it of this kind.
    Refused says what is wrong with it."""
    try:
        read = json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=lambda pairs: kind(_object(pairs)),
        )
    except RecursionError as error:
        raise Refused("The body is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise Refused(f"The body is not valid JSON: {error.msg} at {error.pos}.") from error
    if not isinstance(read, dict):
        raise Refused("The body is not a JSON object.")
    return read


def text_field(alert: dict[str, Any], *names: str) -> str | None:
    """The first of these fields that is given, as trimmed text without control characters."""
    value = _first(alert, names)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | Decimal):
        raise Refused(f"{names[0]} is not a text.")
    text = str(value).strip()
    if len(text) > 200 or _CONTROL.search(text):
        raise Refused(f"{names[0]} is too long or holds control characters.")
    return text or None


def amount_field(alert: dict[str, Any], *names: str) -> Decimal | None:
    """The first of these fields that is given, quoted or not, as a positive exact amount."""
    amount = _number_field(alert, names)
    if amount is not None and amount <= 0:
        raise Refused(f"{names[0]} must be more than 0.")
    return amount


def size_field(alert: dict[str, Any], *names: str) -> Decimal | None:
    """The first of these fields that is given, quoted or not, as a size: its sign is dropped."""
    amount = _number_field(alert, names)
    return None if amount is None else abs(amount)


def flag_field(alert: dict[str, Any], *names: str) -> bool | None:
    """The first of these fields that is given, quoted or not, as true or false."""
    value = _first(alert, names)
    if value is None or isinstance(value, bool):
        return value
    words = {"true": True, "false": False, "": None}
    if not isinstance(value, str) or value.strip().lower() not in words:
        raise Refused(f"{names[0]} is neither true nor false.")
    return words[value.strip().lower()]


def _number_field(alert: dict[str, Any], names: tuple[str, ...]) -> Decimal | None:
    value = _first(alert, names)
    if value is None or value == "":
        return None
    try:
        amount = decimal_from(value)
    except ValueError as error:
        raise Refused(f"{names[0]} is not a number.") from error
    # normalize() drops trailing zeros, so that 1.000000000000000 counts as 1
    if abs(amount) > _LARGEST or int(amount.normalize().as_tuple().exponent) < _SMALLEST_STEP:
        raise Refused(f"{names[0]} is outside of what can be traded.")
    return amount


def moment_field(alert: dict[str, Any], *names: str) -> datetime | None:
    """The first of these fields that is given: ISO 8601 (UTC where no zone is said) or Unix
    seconds or milliseconds."""
    text = text_field(alert, *names)
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{9,14}(\.\d+)?", text):
            seconds = float(text)
            return datetime.fromtimestamp(seconds / (1000 if seconds > 1e11 else 1), UTC)
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused(f"{names[0]} is not a time.") from error


def _text(body: bytes) -> str:
    if not body.strip():
        raise Refused("The body is empty.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("The body is not UTF-8 text.") from error


def _number(text: str) -> Decimal:
    if len(text) > 64:
        raise Refused("The body holds a number that is too long.")
    return Decimal(text)


def _refuse_constant(name: str) -> NoReturn:
    raise Refused(f"{name} is not a number.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in pairs:
        known = _known(name)
        if known in read:
            raise Refused(f"{known} is given twice.")
        read[known] = value
    return read


_known = lru_cache(1024)(snake_case)


def _first(alert: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((alert[name] for name in names if alert.get(name) is not None), None)

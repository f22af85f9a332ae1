"""Exact decimals: money, prices and quantities never pass through a float."""

from decimal import ROUND_DOWN, Decimal, InvalidOperation

ZERO = Decimal(0)
CENT = Decimal("0.01")


def decimal_from(value: object) -> Decimal:
    """Read a finite decimal from what JSON or a broker sends; ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(f"{value!r} is not a number")
    text = str(value).strip()
    if not text.isascii() or "_" in text:  # Decimal reads 1_000 and Arabic digits; JSON does not
        raise ValueError(f"{value!r} is not a number")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    return number


def round_down(value: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` that is not above `value` (towards zero for negatives)."""
    return (value / step).to_integral_value(rounding=ROUND_DOWN) * step


def as_text(value: Decimal) -> str:
    """Plain notation without an exponent or trailing zeros: 0.00100 → '0.001', 1E+3 → '1000'."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

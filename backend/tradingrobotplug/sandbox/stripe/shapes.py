"""Whether parameters are what Stripe's API takes, by the types that ship with Stripe's SDK.

The SDK's types end each list of words with `| str`, for words of later versions; a server knows
its words, so here only those count.
"""

import re
import types
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

from .refusals import Refusal, required

_WHOLE = re.compile(r"-?\d{1,18}")


def check(shape: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters with their types. `shape` is a name in `stripe.params`. Refusal if wrong."""
    return _object(_shape(shape), given, "")


@cache
def _shape(name: str) -> Any:
    import stripe.params  # noqa: PLC0415  # takes a second, and most sandboxes never see Stripe

    found: Any = stripe.params
    for part in name.split("."):
        found = getattr(found, part)
    return found


@cache
def _fields(shape: Any) -> dict[str, Any]:
    """The types by name, without what the SDK keeps for itself (keys, retries, headers)."""
    from stripe import RequestOptions  # noqa: PLC0415  # see above

    own = set(shape.__annotations__) - set(RequestOptions.__annotations__)
    found = get_type_hints(shape, localns={"StripeContext": Any, "Mapping": Mapping})
    return {name: hint for name, hint in found.items() if name in own}


def _object(shape: Any, given: Any, path: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refusal("Invalid object", param=path)
    fields = _fields(shape)
    unknown = [_inside(path, name) for name in given if name not in fields]
    if unknown:
        word = "parameter" if len(unknown) == 1 else "parameters"
        raise Refusal(
            f"Received unknown {word}: {', '.join(unknown)}",
            code="parameter_unknown",
            param=unknown[0],
        )
    for name in sorted(set(fields) & shape.__required_keys__ - set(given)):
        raise required(_inside(path, name))
    return {name: _value(fields[name], value, _inside(path, name)) for name, value in given.items()}


def _inside(path: str, name: str | int) -> str:
    return f"{path}[{name}]" if path else str(name)


def _value(hint: Any, value: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin in (NotRequired, Required):
        return _value(get_args(hint)[0], value, path)
    if origin in (Union, types.UnionType):
        return _any_of(get_args(hint), value, path)
    if origin is Literal:
        return _word(get_args(hint), value, path)
    if is_typeddict(hint):
        return _object(hint, value, path)
    if origin is list:
        if not isinstance(value, list):
            raise Refusal("Invalid array", param=path)
        (inner,) = get_args(hint)
        return [_value(inner, one, _inside(path, n)) for n, one in enumerate(value)]
    if origin is dict:
        return _texts(value, path)
    return _plain(hint, value, path)


def _any_of(options: tuple[Any, ...], value: Any, path: str) -> Any:
    words = [w for o in options if get_origin(o) is Literal for w in get_args(o)]
    if value in words:
        return value
    others = [o for o in options if get_origin(o) is not Literal]
    if any(word != "" for word in words) and str in others:
        others.remove(str)
    others = [o for o in others if get_origin(o) or o in _PLAIN or is_typeddict(o)]
    refusal: Refusal | None = None
    for option in others:
        try:
            return _value(option, value, path)
        except Refusal as error:
            refusal = refusal or error
    if refusal is None:
        return _word(tuple(words), value, path)
    raise refusal


def _word(words: tuple[Any, ...], value: Any, path: str) -> Any:
    if value not in words:
        listed = ", ".join(str(word) for word in words[:-1])
        listed = f"{listed}, or {words[-1]}" if listed else str(words[-1])
        raise Refusal(f"Invalid {path}: must be one of {listed}", param=path)
    return value


def _texts(value: Any, path: str) -> dict[str, str]:
    """Metadata: text by name. A list is an object whose names happened to be numbers."""
    if isinstance(value, list):
        value = {str(n): one for n, one in enumerate(value)}
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise Refusal("Invalid hash", param=path)
    if len(value) > 50 or any(len(k) > 40 or len(v) > 500 for k, v in value.items()):
        raise Refusal(
            f"{path} holds 50 keys of 40 and values of 500 characters at most", param=path
        )
    return value


def _plain(hint: Any, value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise Refusal(f"Invalid {_PLAIN.get(hint, 'value')}: {value}", param=path)
    if value == "":
        raise Refusal(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{path}' cannot be unset.",
            code="parameter_invalid_empty",
            param=path,
        )
    if hint is int and _WHOLE.fullmatch(value):
        return int(value)
    if hint is bool and value in ("true", "false"):
        return value == "true"
    if hint in (float, Decimal):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    if hint is str:
        return value
    word = _PLAIN.get(hint, "value")
    raise Refusal(f"Invalid {word}: {value}", code=f"parameter_invalid_{word}", param=path)


_PLAIN = {str: "string", int: "integer", bool: "boolean", float: "decimal", Decimal: "decimal"}

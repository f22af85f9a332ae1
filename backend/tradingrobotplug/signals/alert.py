"""Raw body → what the sender asks for."""

import hashlib
from dataclasses import dataclass, replace

from ..trading.intent import EVERY_SYMBOL, Intent
from ..trading.symbols import SymbolRefused, normalise
from .formats import OBJECTS, TEXTS
from .reading import Fields, Refused, is_json, json_object, text_of

_MOST_NAMES, _LONGEST_NAME = 20, 40


@dataclass(frozen=True, slots=True)
class Read:
    """An alert as it was read, before the bot is known: its symbol is still the sender's.
    `unused`: names of fields that decided nothing."""

    parser: str
    intent: Intent
    unused: tuple[str, ...] = ()

    @property
    def left_aside(self) -> str | None:
        """The same in words, for its author: a name may be misspelt. None if there is nothing."""
        shown = ", ".join(name[:_LONGEST_NAME] for name in self.unused[:_MOST_NAMES])
        return f"Not used: {shown}{', …' if self.unused[_MOST_NAMES:] else ''}." if shown else None


def read(body: bytes, *, is_arriving: bool = False) -> Read:
    """Read the body by the first format that fits, whatever its header called it. Refused says why
    none does. `is_arriving`: its sender waits, and what is unused is found later."""
    text = text_of(body)
    if is_json(text):
        alert = json_object(text, dict if is_arriving else Fields)
        for parser in OBJECTS:
            intent = parser(alert)
            if intent is not None:
                unused = tuple(alert.unseen()) if isinstance(alert, Fields) else ()
                return Read(parser.__name__, intent, unused)
        raise Refused("The alert has no action and symbol that can be read.")
    for reader in TEXTS:
        intent = reader(text)
        if intent is not None:
            return Read(reader.__name__, intent)
    raise Refused(
        f"The body is neither a JSON object nor a line in one of the text formats: "
        f"{text.strip()[:60]!r}."
    )


def parse(body: bytes, asset_type: str, *, usdt_is_usd: bool = False) -> Read:
    """Read the body for a bot that trades `asset_type`: the symbol is normalised. Refused.

    `usdt_is_usd`: the bot says that a pair against USDT means the one against USD.
    """
    found = read(body)
    if found.intent.symbol == EVERY_SYMBOL:
        return found
    try:
        symbol = normalise(found.intent.symbol, asset_type, usdt_is_usd=usdt_is_usd)
    except SymbolRefused as error:
        raise Refused(error.reason) from error
    return replace(found, intent=replace(found.intent, symbol=symbol))


def dedup_key(body: bytes, alert_id: str | None) -> tuple[str, bool]:
    """The key that makes a repeat recognisable, and whether it is the sender's own id."""
    if alert_id is None:
        return "body:" + hashlib.sha256(body).hexdigest(), False
    if len(alert_id) <= 64:
        return f"id:{alert_id}", True
    return "id:" + hashlib.sha256(alert_id.encode()).hexdigest(), True


def is_exit(intent: Intent, allow_short: bool) -> bool:
    """Whether the alert can only reduce what the bot holds; staleness does not stop an exit."""
    if intent.closes or intent.action in ("close", "cancel"):
        return True
    return intent.action == "sell" and not allow_short

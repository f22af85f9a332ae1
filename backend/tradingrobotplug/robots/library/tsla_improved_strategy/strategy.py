"""Short trends in one stock: two averages for direction, RSI for momentum, ATR for protection."""

from decimal import Decimal

from ...indicators import atr, ema, rsi
from ...robot import Decision, Target, View

_CENT = Decimal("0.01")
_FADING_RSI = 45.0


def decide(view: View) -> Decision:
    """Long while the fast average leads and momentum holds; flat when either turns."""
    settings = view.parameters
    closes = [float(bar.close) for bar in view.bars]
    fast = ema(closes, int(settings["fast_length"]))
    slow = ema(closes, int(settings["slow_length"]))
    momentum = rsi(closes, int(settings["rsi_length"]))
    facts = f"fast {fast:.2f}, slow {slow:.2f}, RSI {momentum:.0f}"
    if view.is_long:
        if fast < slow or momentum < _FADING_RSI:
            return Decision(Target.FLAT, f"The trend turned or faded: {facts}.")
        return Decision(Target.KEEP, f"The trend holds: {facts}.")
    healthy = float(settings["rsi_entry_low"]) < momentum < float(settings["rsi_entry_high"])
    if fast > slow and healthy:
        return _entry(view, f"An upward trend with healthy momentum: {facts}.")
    return Decision(Target.KEEP, f"No entry: {facts}.")


def _entry(view: View, reason: str) -> Decision:
    close = view.bars[-1].close
    reach = Decimal(repr(atr(view.bars, int(view.parameters["rsi_length"]))))
    stop = close - reach * view.parameters["stop_ranges"]
    target = close + reach * view.parameters["target_ranges"]
    return Decision(Target.LONG, reason, stop.quantize(_CENT), target.quantize(_CENT))

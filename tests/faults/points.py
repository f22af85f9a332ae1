"""Where a process can be made to die: the boundary of a named function, from outside.

The product knows nothing of this. `install` wraps the function in the launched process only.
"""

import importlib
import os
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

DIED = 70

# name → (module, function, whether the function still runs)
POINTS = {
    "body read, nothing stored": ("signals.intake", "Intake.accept", False),
    "committed, not rung": ("signals.bell", "Bell.ring", False),
    "committed and rung": ("signals.bell", "Bell.ring", True),
    "claimed": ("signals.processing", "claim", True),
    "orders planned": ("trading.submit", "carry_out", False),
    "submitting, not sent": ("trading.submit", "_place", False),
    "accepted, not recorded": ("trading.submit", "_place", True),
    "recorded, signal not done": ("signals.processing", "finish", False),
    "spool inserted, before commit": ("signals.store", "_write", True),
    "spool committed, not truncated": ("signals.draining", "empty", False),
}


def install(point: str, died: Path) -> None:
    """Make this process die at the point, the first time it gets there, and note in `died` when.

    A process that is started again in its place finds the note and lives.
    """
    module_name, path, runs = POINTS[point]
    owner: Any = importlib.import_module(f"tradingrobotplug.{module_name}")
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    setattr(owner, name, _deadly(getattr(owner, name), runs, point, died))


def _deadly(function: Callable[..., Any], runs: bool, point: str, died: Path) -> Callable[..., Any]:
    @wraps(function)
    def deadly(*args: Any, **kwargs: Any) -> Any:
        if died.exists():
            return function(*args, **kwargs)
        result = _run(function, args, kwargs, point) if runs else True
        if result is not None or point.startswith(("committed", "spool")):
            died.with_suffix(".new").write_text(str(time.time()))
            died.with_suffix(".new").rename(died)
            os._exit(DIED)
        return result

    return deadly


def _run(function: Callable[..., Any], args: Any, kwargs: Any, point: str) -> Any:
    if point == "committed and rung":
        # The bell has a thread of its own: ring here and now, then die.
        bell = importlib.import_module("tradingrobotplug.signals.bell")
        return bell.ring_now({args[1]: False})
    return function(*args, **kwargs)

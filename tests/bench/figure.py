"""One measured number and the bar it is held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """`bar` with `sense`: 'under' or 'over' it is good; no bar: told for information."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    sense: Literal["under", "over"] = "under"

    @property
    def holds(self) -> bool | None:
        if self.bar is None:
            return None
        return self.value < self.bar if self.sense == "under" else self.value >= self.bar

    @property
    def bar_text(self) -> str:
        return "" if self.bar is None else f"{'<' if self.sense == 'under' else '≥'} {self.bar:g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0…1) of the values lie, by the nearest-rank method."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

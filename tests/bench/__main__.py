"""Run every benchmark, print one table, write bench.json. `make bench`, or with names to pick some.

A benchmark is a module here with `run() -> list[Figure]`. Ratios are taken within one run, so that
a noisy machine weighs on both sides.
"""

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from .figure import Figure

BENCHMARKS = (
    *("intake", "pipeline", "broker", "performance", "exports", "leaderboard", "session"),
    "billing",
)


def main(names: tuple[str, ...]) -> None:
    figures: list[Figure] = []
    for name in names or BENCHMARKS:
        print(f"… {name}", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"tests.bench.{name}").run()
    width = max(len(figure.what) for figure in figures)
    for figure in figures:
        verdict = "" if figure.holds is None else ("ok" if figure.holds else "SHORT")
        print(
            f"{figure.what:<{width}}  {figure.value:>12,.2f} {figure.unit:<10} "
            f"{figure.bar_text:<10} {verdict}"
        )
    rows = [asdict(figure) | {"holds": figure.holds} for figure in figures]
    Path("bench.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))

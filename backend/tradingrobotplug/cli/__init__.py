"""`trp`: one command per process, and `trp up` for all of them."""

import sys
from collections.abc import Sequence
from importlib import import_module

from ..config import ConfigurationError
from ..embedded import EngineError
from .arguments import parser
from .problem import Problem

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what a person can put right is one sentence on stderr and exit code 1."""
    given = parser().parse_args(arguments)
    try:
        module, _, function = given.run.partition(".")
        code: int = getattr(import_module(f".{module}", __name__), function)(given)
    except (ConfigurationError, EngineError, Problem) as problem:
        print(f"trp: {problem}", file=sys.stderr)
        return 1
    return code

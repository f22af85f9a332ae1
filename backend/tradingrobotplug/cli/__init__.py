"""`trp`: one command per process, and `trp up` for all of them."""

import sys
from collections.abc import Sequence

from ..config import ConfigurationError
from ..embedded import EngineError
from .arguments import parser
from .problem import Problem

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what a person can put right is one sentence on stderr and exit code 1."""
    given = parser().parse_args(arguments)
    try:
        code: int = given.run(given)
    except (ConfigurationError, EngineError, Problem) as problem:
        print(f"trp: {problem}", file=sys.stderr)
        return 1
    return code

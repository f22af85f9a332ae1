"""The trading side's blueprint, with the routes of every module on it."""

from . import exchange, holdings, ordering
from .door import blueprint

__all__ = ["blueprint", "exchange", "holdings", "ordering"]

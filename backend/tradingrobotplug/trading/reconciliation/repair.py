"""A drift repaired the way its user chose. The caller holds the locks of the task's bots.

Nothing is done on figures that the user has not seen: the broker is asked again, and what looks
different by now is left to the next look.
"""

from datetime import datetime

from ...brokers.broker import NoClearAnswer, NotReached
from ...errors import Unavailable
from ..locks import Begin
from . import order_repair, position_repair
from .comparison import MISSING_ORDER, POSITION
from .repairing import Task


def carry_out(task: Task, now: datetime, begin: Begin) -> None:
    """Repair it. Conflict `changed_meanwhile`, `drift_resolved`, `market_closed`, `too_small`;
    Unavailable if broker or market data can't be asked."""
    try:
        if task.drift.kind == POSITION:
            repair = (
                position_repair.move_baseline if task.way == "outside" else position_repair.adjust
            )
        else:
            is_missing = task.drift.kind == MISSING_ORDER
            repair = order_repair.give_up if is_missing else order_repair.cancel
        repair(task, now, begin)
    except (NoClearAnswer, NotReached) as error:
        raise Unavailable("broker_unavailable", f"The broker gave no answer: {error}") from error

"""The statements that load what figures are made of, built once; and what they take."""

from sqlalchemy import Date, and_, bindparam, cast, func, select, true

from ..models import (
    BotPerformance,
    CapitalFlow,
    Fill,
    PerformanceCursor,
    RoundTrip,
    UserPerformance,
)

_page = (
    select(Fill.seq, Fill.symbol, Fill.side, Fill.quantity, Fill.price, Fill.fee, Fill.filled_at)
    .where(
        Fill.bot_id == bindparam("bot_id"),
        Fill.mode == bindparam("mode"),
        Fill.seq > bindparam("after"),
        Fill.seq <= bindparam("last"),
    )
    .order_by(Fill.seq)
    .limit(bindparam("most"))
    .subquery()
)
# One index look-up for each fill: as a plain join, a plan that reads all trips can look cheaper.
_trip = (
    select(
        RoundTrip.pnl,
        RoundTrip.entry_value,
        RoundTrip.entered_at,
        RoundTrip.exited_at,
        RoundTrip.side.label("trip_side"),
    )
    .where(RoundTrip.exit_fill_seq == _page.c.seq)
    .limit(1)
    .lateral()
)

# :user
LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("user"), 0)))

# Fills of :bot_id in :mode beyond :after and up to :last, :most at most, each with the round trip
# that it closed.
FILLS = select(_page, _trip).select_from(_page).outerjoin(_trip, true()).order_by(_page.c.seq)

# Flows of :bot_id in :mode beyond :after.
FLOWS = (
    select(CapitalFlow.seq, CapitalFlow.amount, CapitalFlow.at, CapitalFlow.after_fill)
    .where(
        CapitalFlow.bot_id == bindparam("bot_id"),
        CapitalFlow.mode == bindparam("mode"),
        CapitalFlow.seq > bindparam("after"),
    )
    .order_by(CapitalFlow.seq)
)

# The figures of :bot_id in :mode, with those of the day in progress.
BOOK = (
    select(PerformanceCursor, BotPerformance)
    .outerjoin(
        BotPerformance,
        and_(
            BotPerformance.bot_id == PerformanceCursor.bot_id,
            BotPerformance.mode == PerformanceCursor.mode,
            BotPerformance.date == cast(PerformanceCursor.track["day"].astext, Date),
        ),
    )
    .where(
        PerformanceCursor.bot_id == bindparam("bot_id"),
        PerformanceCursor.mode == bindparam("mode"),
    )
)

# The open windows of :user_id in :mode.
GROUPS = select(UserPerformance).where(
    UserPerformance.user_id == bindparam("user_id"),
    UserPerformance.mode == bindparam("mode"),
    UserPerformance.closed_at.is_(None),
)

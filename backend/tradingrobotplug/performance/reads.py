"""The statements that load what figures are made of, as text: the way of every fill leads past
them, and to build or compile one takes longer than to run it."""

from typing import Any

from sqlalchemy import (
    Date,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)

from ..db import IS_UNHURRIED, as_sql
from ..models import (
    Bot,
    BotPerformance,
    CapitalFlow,
    Fill,
    PerformanceCursor,
    RoundTrip,
    UserPerformance,
)


def _locked(user_id: Any) -> Any:
    name = func.concat(literal_column("'figures:'"), cast(user_id, String))
    key = func.hashtextextended(name, literal_column("0"))
    return func.pg_advisory_xact_lock(key).label("locked")


# Whose figures those of :bot_id are, and in which mode it trades, once nobody else writes them.
# Figures that are lost are computed again from the fills.
LOCK_OF_BOT = as_sql(
    select(Bot.user_id, Bot.trading_mode, _locked(Bot.user_id)).where(
        Bot.id == bindparam("bot_id"), IS_UNHURRIED
    )
)
LOCK_OF_USER = as_sql(select(_locked(bindparam("user_id", type_=Bot.user_id.type))))

_mode = bindparam("mode", type_=String)
_day_in_progress = cast(PerformanceCursor.track.op("->>")(literal_column("'day'")), Date)
_books = (
    select(
        Bot.id.label("bot_id"),
        Bot.plugin_id,
        Bot.asset_type,
        Bot.starting_cash,
        exists().where(CapitalFlow.bot_id == Bot.id, CapitalFlow.mode == _mode).label("has_flows"),
        PerformanceCursor.fill_seq,
        PerformanceCursor.flow_seq,
        PerformanceCursor.cash,
        PerformanceCursor.holdings,
        PerformanceCursor.track,
        PerformanceCursor.totals,
        PerformanceCursor.updated_at,
        BotPerformance.date.label("day"),
        BotPerformance.totals.label("day_totals"),
        BotPerformance.updated_at.label("day_updated_at"),
    )
    .outerjoin(
        PerformanceCursor,
        and_(PerformanceCursor.bot_id == Bot.id, PerformanceCursor.mode == _mode),
    )
    .outerjoin(
        BotPerformance,
        and_(
            BotPerformance.bot_id == Bot.id,
            BotPerformance.mode == _mode,
            BotPerformance.date == _day_in_progress,
        ),
    )
)

# The figures of :bot_id in :mode, with those of the day in progress; nulls where it has none.
BOOK = as_sql(_books.where(Bot.id == bindparam("bot_id")))

# Those of all bots of :user_id that have some.
BOOKS = as_sql(
    _books.where(
        Bot.user_id == bindparam("user_id"),
        PerformanceCursor.fill_seq.is_not(None),
        Bot.deleted_at.is_(None),
    ).order_by(Bot.id)
)

# The open windows of :user_id in :mode.
GROUPS = as_sql(
    select(
        UserPerformance.plugin_id,
        UserPerformance.period,
        UserPerformance.date,
        UserPerformance.track,
        UserPerformance.totals,
        UserPerformance.updated_at,
    ).where(
        UserPerformance.user_id == bindparam("user_id"),
        UserPerformance.mode == _mode,
        UserPerformance.closed_at.is_(None),
    )
)

_page = (
    select(Fill.seq, Fill.symbol, Fill.side, Fill.quantity, Fill.price, Fill.fee, Fill.filled_at)
    .where(
        Fill.bot_id == bindparam("bot_id"),
        Fill.mode == _mode,
        Fill.seq > bindparam("after"),
        Fill.seq <= bindparam("last"),
    )
    .order_by(Fill.seq)
    .limit(bindparam("most"))
    .subquery("page")
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
    .limit(literal_column("1"))
    .lateral("trip")
)
_fills = select(_page, null().label("after_fill"), _trip).join_from(
    _page, _trip, true(), isouter=True
)
_flows = select(
    CapitalFlow.seq, null(), null(), CapitalFlow.amount, null(), null(), CapitalFlow.at,
    CapitalFlow.after_fill, null(), null(), null(), null(), null(),
).where(
    CapitalFlow.bot_id == bindparam("bot_id"),
    CapitalFlow.mode == _mode,
    CapitalFlow.seq > bindparam("after_flow"),
)  # fmt: skip

# Fills of :bot_id in :mode beyond :after and up to :last, :most at most, each with the round trip
# that it closed.
FILLS = as_sql(_fills)

# The same, and the flows beyond :after_flow; no symbol tells a flow. In one statement, so that no
# fill is seen without the flows that were there before it.
EVENTS = as_sql(union_all(_fills, _flows))

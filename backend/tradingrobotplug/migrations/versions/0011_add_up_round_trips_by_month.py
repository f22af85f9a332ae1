"""Add up round trips by month and of all time

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = ["bot_id", "mode", "day", "weekday", "hour", "symbol", "side"]
_SUMS = ("trades", "wins", "losses", "gross_profit", "gross_loss", "entry_value",
         "hold_microseconds")  # fmt: skip
_BINS = {"returns": 16, "holds": 8}
_STARTS = {"monthly": "date_trunc('month', day)::date", "all-time": "date '1970-01-01'"}


def upgrade() -> None:
    op.add_column(
        "round_trip_sums",
        sa.Column("period", sa.String(length=8), nullable=False, server_default="daily"),
    )
    op.alter_column("round_trip_sums", "period", server_default=None)
    _key([*_KEY[:2], "period", *_KEY[2:]])
    _index(["user_id", "mode", "period", "day"])
    for period, start in _STARTS.items():
        op.execute(_added_up(period, start))


def _added_up(period: str, start: str) -> str:
    totals = [f"sum({name})" for name in _SUMS]
    totals += [
        "ARRAY[" + ", ".join(f"sum({name}[{place}])::int" for place in range(1, count + 1)) + "]"
        for name, count in _BINS.items()
    ]
    places = "weekday, hour, symbol, side, user_id, plugin_id"
    return (
        "INSERT INTO round_trip_sums"  # nosec B608  # names of ours
        f" (period, day, bot_id, mode, {places}, {', '.join([*_SUMS, *_BINS])})"
        f" SELECT '{period}', {start}, bot_id, mode, {places}, {', '.join(totals)}"
        f" FROM round_trip_sums WHERE period = 'daily' GROUP BY 2, bot_id, mode, {places}"
    )


def downgrade() -> None:
    op.execute("DELETE FROM round_trip_sums WHERE period <> 'daily'")
    _key(_KEY)
    _index(["user_id", "mode", "day"])
    op.drop_column("round_trip_sums", "period")


def _key(columns: list[str]) -> None:
    name = op.f("pk_round_trip_sums")
    op.drop_constraint(name, "round_trip_sums", type_="primary")
    op.create_primary_key(name, "round_trip_sums", columns)


def _index(columns: list[str]) -> None:
    op.drop_index("ix_round_trip_sums_user", table_name="round_trip_sums")
    op.create_index("ix_round_trip_sums_user", "round_trip_sums", columns)

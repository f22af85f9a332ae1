"""What was ordered at an account since it was last seen, as every entry there asks."""

import re

from tradingrobotplug import db
from tradingrobotplug.trading import standing


def test_an_accounts_entries_are_found_by_its_index_however_many_orders_there_are(
    clean: None,
) -> None:
    asked = re.sub(r"%\(\w+\)s", "$1", standing._SEEN.decode())
    with db.engine().connect() as connection:
        say = connection.exec_driver_sql
        say("SET LOCAL enable_seqscan = off")  # as with many orders
        say("SET LOCAL plan_cache_mode = force_generic_plan")
        say(f"PREPARE asked AS {asked}")
        plan = [row[0] for row in say("EXPLAIN EXECUTE asked(NULL)")]
    assert any("ix_trades_account_entries" in line for line in plan), plan

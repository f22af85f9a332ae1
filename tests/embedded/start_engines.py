"""Starts both engines in the folder that is named, asks each something, and ends them."""

import sys
from pathlib import Path

import psycopg
from redis import Redis

from tradingrobotplug.embedded import start_postgres, start_redis

postgres, redis = start_postgres(Path(sys.argv[1])), start_redis(Path(sys.argv[1]))
try:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS seen (at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO seen DEFAULT VALUES")
        row = connection.execute("SELECT count(*) FROM seen").fetchone()
    assert row is not None
    print(row[0], Redis.from_url(redis.url).incr("starts"))
finally:
    redis.stop()
    postgres.stop()

"""PostgreSQL and Redis from Python wheels: what runs where no DATABASE_URL / REDIS_URL is set."""

from .engine import Engine, EngineError
from .postgres import answers as postgres_answers
from .postgres import start as start_postgres
from .redis import answers as redis_answers
from .redis import start as start_redis

__all__ = [
    "Engine",
    "EngineError",
    "postgres_answers",
    "redis_answers",
    "start_postgres",
    "start_redis",
]

"""What `trp up` started, for other commands on the same TRP_HOME."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .. import config
from ..config import Settings
from ..embedded import postgres_answers
from .problem import Problem

_FILE = "runtime.json"


def settings(home: str | None) -> Settings:
    """The settings, with the addresses of the engines that `trp up` runs where none are set."""
    environ = environment_of(home)
    found = config.load(environ)
    if found.database_url and found.redis_url:
        return found
    noted = read(found.home)
    if not postgres_answers(noted.get("DATABASE_URL", "postgresql://127.0.0.1:1/")):
        raise Problem(
            f"Nothing runs in {found.home}: start `trp up` there, or set DATABASE_URL and "
            "REDIS_URL."
        )
    return config.load({**environ, **noted})


def environment_of(home: str | None) -> dict[str, str]:
    """The environment, with --home in the place of TRP_HOME."""
    return {**os.environ, "TRP_HOME": home} if home else dict(os.environ)


def write(home: Path, environment: Mapping[str, str]) -> None:
    """Note what the processes are started with, for the owner's eyes only."""
    fresh = home / f"{_FILE}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump(dict(environment), file)
    fresh.rename(home / _FILE)


def read(home: Path) -> dict[str, str]:
    """What was noted; empty when nothing was."""
    try:
        noted: dict[str, str] = json.loads((home / _FILE).read_text())
    except FileNotFoundError:
        return {}
    return noted


def forget(home: Path) -> None:
    """The processes have ended."""
    (home / _FILE).unlink(missing_ok=True)


def with_engines(found: Settings, database_url: str, redis_url: str) -> Settings:
    """The settings with these addresses."""
    return replace(found, database_url=database_url, redis_url=redis_url)

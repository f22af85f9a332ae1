"""Where alerts wait while PostgreSQL does not answer: a file on this host, one line per alert.

Every process of the host appends to the same file under a file lock and syncs it before the
sender is answered. As long as the file holds anything, new alerts join its end, so that a bot's
alerts keep their order. The sweeper stores them and empties the file.
"""

import base64
import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from .arrival import Arrival, arrive

_LARGEST = 256 * 1024 * 1024
_LOCK_SECONDS = 0.15


class SpoolFailed(Exception):
    """The alert could not be written down either."""


class Spool:
    """The file of one TRP_HOME; 0600, because it holds alerts and hashes of secrets."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "spool"
        self.path = self._folder / "alerts.jsonl"

    def is_empty(self) -> bool:
        """Whether alerts may go straight to PostgreSQL."""
        try:
            return self.path.stat().st_size == 0
        except (FileNotFoundError, NotADirectoryError):
            return True

    def append(self, arrival: Arrival) -> None:
        """Write the alert down durably. SpoolFailed if that can't be done."""
        line = _line(arrival)
        try:
            with self._locked(_LOCK_SECONDS) as file:
                end = os.fstat(file).st_size
                if end > _LARGEST:
                    raise SpoolFailed("the spool is full")
                # A host that died in mid-write left a torn line: what follows starts anew.
                torn = end > 0 and os.pread(file, 1, end - 1) != b"\n"
                self._write(file, end, b"\n" + line if torn else line)
        except OSError as error:
            raise SpoolFailed(type(error).__name__) from error

    def read(self, offset: int, count: int) -> tuple[list[Arrival], int]:
        """Up to `count` alerts from `offset` on, and the offset behind the last of them."""
        if self.is_empty():
            return [], offset
        arrivals: list[Arrival] = []
        with self.path.open("rb") as file:
            file.seek(offset)
            for line in file:
                if len(arrivals) == count or not line.endswith(b"\n"):
                    break
                offset += len(line)
                arrivals.extend(_arrival(line))
        return arrivals, offset

    def clear(self, offset: int) -> bool:
        """Empty the file if nothing was appended behind `offset`."""
        with self._locked(_LOCK_SECONDS) as file:
            if os.fstat(file).st_size != offset:
                return False
            os.ftruncate(file, 0)
            os.fsync(file)
        return True

    def set_aside(self, arrival: Arrival) -> None:
        """Keep an alert that PostgreSQL does not take, for a person to look at."""
        path = self._folder / "rejected.jsonl"
        handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(_line(arrival))
            os.fsync(handle)

    @contextmanager
    def draining(self) -> Iterator[bool]:
        """Yield whether this process may drain; one does at a time."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / "drain.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            yield _try_lock(handle, 0)
        finally:
            os.close(handle)

    @contextmanager
    def _locked(self, seconds: float) -> Iterator[int]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            if not _try_lock(handle, seconds):
                raise SpoolFailed("another process holds the spool")
            yield handle
        finally:
            os.close(handle)

    @staticmethod
    def _write(file: int, end: int, line: bytes) -> None:
        try:
            written = os.pwrite(file, line, end)
            if written != len(line):
                raise OSError("disk full")
            os.fsync(file)
        except OSError:
            os.ftruncate(file, end)  # a torn line would hide what follows it
            raise


def _try_lock(handle: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.005)


def _line(arrival: Arrival) -> bytes:
    entry = {
        "id": str(arrival.id),
        "bot_id": str(arrival.bot_id),
        "secret_hash": arrival.secret_hash,
        "received_at": arrival.received_at.isoformat(),
        "body": base64.b64encode(arrival.body).decode(),
        "sender": arrival.sender,
    }
    return json.dumps(entry).encode() + b"\n"


def _arrival(line: bytes) -> list[Arrival]:
    """The alert of a line; none for a torn one, whose sender never got an answer."""
    try:
        entry = json.loads(line)
    except ValueError:
        return []
    arrival = arrive(
        uuid.UUID(entry["id"]),
        uuid.UUID(entry["bot_id"]),
        entry["secret_hash"],
        base64.b64decode(entry["body"]),
        datetime.fromisoformat(entry["received_at"]),
    )
    return [replace(arrival, sender=entry.get("sender"))]

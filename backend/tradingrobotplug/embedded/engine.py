"""A server process under our own eyes: started, asked whether it answers, ended."""

import ctypes
import hashlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 30
_PR_SET_PDEATHSIG = 1
# Looked up ahead: between fork and exec nothing may be imported or allocated needlessly.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class EngineError(RuntimeError):
    """An engine can't run here; the sentence says what to do."""


@dataclass(slots=True)
class Engine:
    """A server process of ours and the address it answers at."""

    name: str
    process: subprocess.Popen[bytes]
    url: str
    stop_signal: int
    sockets: Path

    def stop(self, timeout_seconds: float = 8) -> None:
        """End the server; kill it if it does not end in time."""
        if self.process.poll() is None:
            self._end(timeout_seconds)
        with suppress(OSError):  # it is not empty after a kill, or another server uses it by now
            self.sockets.rmdir()

    def _end(self, timeout_seconds: float) -> None:
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def die_with_parent(death_signal: int) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends the child this signal when the starting thread dies.

    Linux only (prctl(2)); elsewhere nothing happens, and the next start ends what was left.
    """

    def ask_kernel() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal)

    return ask_kernel


def await_answer(engine: Engine, answers: Callable[[str], bool], log: Path) -> None:
    """Return when the engine answers; EngineError with its last words when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and engine.process.poll() is None:
        if answers(engine.url):
            return
        time.sleep(0.03)
    engine.stop()
    raise EngineError(f"{engine.name} did not start: {last_words(log)}")


def last_words(log: Path) -> str:
    """The end of a log file, on one line."""
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-5:])


def socket_folder(home: Path, engine: str, owner: int) -> Path:
    """A folder for the engine's unix socket that only `owner` may enter.

    It lies in the system's folder for temporary files because a socket's path must stay under
    108 bytes, however deep `home` is.
    """
    shared = Path(tempfile.gettempdir())
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    short = Path("/tmp")  # nosec B108  # the folder below is made for its owner only
    folder = (shared if len(str(shared)) < 50 else short) / f"trp-{name}-{engine}"
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise EngineError(
                f"{folder} belongs to someone else or is open to others: remove it."
            ) from None
    return folder


def end_leftover(pid_file: Path, *marks: str) -> None:
    """End the server named by a pid file, if it still runs and shows one of `marks`.

    What is left after a kill -9 of the supervisor; a number that the system has given to another
    program since is left alone.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    for ending, patience in ((signal.SIGINT, 5), (signal.SIGKILL, 5)):
        deadline = time.monotonic() + patience
        if _shows(pid, marks):
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, ending)
        while _shows(pid, marks) and time.monotonic() < deadline:
            time.sleep(0.03)
    pid_file.unlink(missing_ok=True)


def _shows(pid: int, marks: tuple[str, ...]) -> bool:
    command = command_line(pid)
    return any(mark in command for mark in marks)


def command_line(pid: int) -> str:
    """What a running process was started as; empty for one that is gone."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout

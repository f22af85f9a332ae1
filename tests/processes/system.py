"""`trp up` as a real process, watched from outside."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tradingrobotplug.cli import ports

ROOT = Path(__file__).parents[2]


class System:
    """One `trp up` on a folder and port of its own, without WordPress."""

    def __init__(self, home: Path, *options: str, **variables: str) -> None:
        self.home, self.port, self.options = home, ports.free(), options
        self.stream_port = ports.free()
        self.variables = variables
        self.errors = home.parent / f"{home.name}.stderr"
        self.output = home.parent / f"{home.name}.stdout"

    def start(self) -> "System":
        """Start it and return at once."""
        words = ["up", "--home", str(self.home), "--port", str(self.port), "--json"]
        words += ["--stream-port", str(self.stream_port)]
        with self.errors.open("wb") as errors, self.output.open("wb") as output:
            self.process = subprocess.Popen(
                trp(*words, "--no-wordpress", *self.options),
                env=environment(**self.variables),
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        return self

    def ready(self) -> dict[str, Any]:
        """The JSON line, when it comes; the errors if it never does."""
        until(lambda: self.output.read_text().endswith("\n") or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.errors.read_text()
        answer: dict[str, Any] = json.loads(self.output.read_text())
        return answer

    def kill_database(self) -> None:
        """kill -9 of PostgreSQL."""
        pid = (self.home / "postgres" / "postmaster.pid").read_text().split()[0]
        os.kill(int(pid), signal.SIGKILL)

    def stop(self) -> float:
        """End it as Ctrl-C does; how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return time.monotonic() - began

    def kill_all(self) -> None:
        """kill -9 of everything at once."""
        for pid in (self.process.pid, *self.leftovers()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def leftovers(self) -> list[int]:
        """Processes other than `trp up` itself that were started for this folder."""
        mark = str(self.home).encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            pid = int(entry.name)
            with contextlib.suppress(OSError):
                seen = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                if mark in seen and pid not in (os.getpid(), self.process.pid):
                    found.append(pid)
        return found

    def pid_of(self, *words: str) -> int:
        """The process that was started with these words."""
        mark = b"\0".join(word.encode() for word in words)
        for pid in self.leftovers():
            with contextlib.suppress(OSError):
                if mark in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid
        return 0


def trp(*words: str) -> list[str]:
    """The command line of a `trp` command."""
    return [sys.executable, "-m", "tradingrobotplug.cli", *words]


def environment(**variables: str) -> dict[str, str]:
    """Ours without settings, plus these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TRP_") and name not in ("DATABASE_URL", "REDIS_URL")
    }
    return {**kept, "PYTHONPATH": str(ROOT / "backend"), **variables}


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A `trp` command, run to its end."""
    return subprocess.run(
        trp(*words), env=environment(**variables), capture_output=True, text=True, check=False
    )


def ask(url: str, token: str | None = None, body: dict[str, Any] | None = None) -> Any:
    """The JSON that is answered to a GET, or to a POST of a body. HTTPError if it is refused."""
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
        return json.load(answer)


def until(is_so: Callable[[], object], seconds: float) -> bool:
    """Wait until it is so; whether it ever was."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False

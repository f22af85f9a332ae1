"""Keeps processes running: starts them, waits until they answer, restarts what dies, ends all."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..embedded import EngineError
from ..embedded.engine import die_with_parent
from .problem import Problem

READY_SECONDS = 60
STOP_SECONDS = 6  # for the processes; then their groups are killed
ENGINE_STOP_SECONDS = 3
LOG_BYTES = 10_000_000
_LONGEST_BACKOFF = 30.0
_STEADY_SECONDS = 60  # having run this long, a process starts again without delay

Process = subprocess.Popen[bytes]
Say = Callable[[str], None]


@dataclass(slots=True)
class Service:
    """Something to keep running: how it is started, and how to see that it answers."""

    name: str
    launch: Callable[[], Process]
    answers: Callable[[Process], bool]
    is_engine: bool = False
    is_needed: bool = True  # whether a start without it is a failed start
    ready_seconds: float = READY_SECONDS
    stop_signal: int = signal.SIGTERM
    log: Path | None = None
    on_ready: Callable[[], None] | None = None
    process: Process | None = field(default=None, init=False)
    is_ready: bool = field(default=False, init=False)
    failures: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    retry_at: float = field(default=0.0, init=False)


class Supervisor:
    """Starts services in order, watches them, and ends them in the reverse order."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._services: list[Service] = []

    def start(self, services: Iterable[Service]) -> None:
        """Start these together and return when each answers. Problem names one that does not."""
        added = list(services)
        for service in added:
            self._services.append(service)
            self._launch(service)
        while waiting := [s for s in added if not s.is_ready]:
            for service in waiting:
                if self._is_given_up(service):
                    added.remove(service)
                else:
                    self._note_if_ready(service)
            time.sleep(0.03)

    def watch(self) -> None:
        """One look at every process: restart what died, once its delay is over."""
        now = time.monotonic()
        for service in self._services:
            if service.process is None:
                if now >= service.retry_at:
                    self._relaunch(service)
            elif service.process.poll() is not None:
                self._note_death(service, now)
            elif not service.is_ready:
                self._note_if_ready(service)

    def stop(self) -> None:
        """End everything: first the processes, then the engines that they use."""
        others = [s for s in self._services if not s.is_engine]
        _end(others, STOP_SECONDS)
        _end([s for s in self._services if s.is_engine], ENGINE_STOP_SECONDS)
        self._services.clear()

    def _launch(self, service: Service) -> None:
        service.started_at = time.monotonic()
        service.is_ready = False
        service.process = service.launch()

    def _relaunch(self, service: Service) -> None:
        try:
            self._launch(service)
        except (EngineError, OSError, Problem) as error:
            self._delay(service, str(error))

    def _note_if_ready(self, service: Service) -> None:
        if service.process is None or not service.answers(service.process):
            return
        service.is_ready = True
        if service.failures:
            self._say(f"{service.name} runs again")
        if service.on_ready is not None:
            service.on_ready()

    def _note_death(self, service: Service, now: float) -> None:
        assert service.process is not None
        if now - service.started_at > _STEADY_SECONDS:
            service.failures = 0
        code = service.process.returncode
        _kill_group(service.process)
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self._delay(service, how)

    def _delay(self, service: Service, what: str) -> None:
        seconds = min(0.5 * 2**service.failures, _LONGEST_BACKOFF)
        service.failures += 1
        service.process = None
        service.retry_at = time.monotonic() + seconds
        self._say(f"{service.name} {what}; starting it again in {seconds:g} s{_see(service)}")

    def _is_given_up(self, service: Service) -> bool:
        assert service.process is not None
        died = service.process.poll() is not None
        if not died and time.monotonic() - service.started_at < service.ready_seconds:
            return False
        what = "ended while starting" if died else f"did not answer in {service.ready_seconds:g} s"
        if service.is_needed:
            raise Problem(f"{service.name} {what}{_see(service)}")
        self._say(f"{service.name} {what}; everything else runs{_see(service)}")
        return True


def child(command: Sequence[str], environment: dict[str, str], log: Path) -> Process:
    """Start a process in a group of its own, its output appended to `log`."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.rename(log.with_suffix(".log.1"))
    with log.open("ab") as sink:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 (no threads here)
        )


def _end(services: list[Service], patience: float) -> None:
    running = [(s, s.process) for s in services if s.process is not None]
    for service, process in running:
        with suppress(ProcessLookupError):
            process.send_signal(service.stop_signal)
            os.killpg(process.pid, signal.SIGCONT)
    deadline = time.monotonic() + patience
    for _, process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for _, process in running:
        _kill_group(process)
        process.wait()


def _kill_group(process: Process) -> None:
    """What the process has started goes with it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _see(service: Service) -> str:
    return f" (see {service.log})" if service.log else ""

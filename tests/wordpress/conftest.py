"""A whole running product with its real WordPress, and a browser to look at it."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, sync_playwright

from .people import Person, add_member, give_code, sign_in

REPOSITORY = Path(__file__).parents[2]
RUNNER = REPOSITORY / "wordpress-plugin" / "run"
TRP = str(Path(sys.executable).with_name("trp"))
AGE = re.compile(r'("at";i:)(\d+)')
READY_WITHIN_SECONDS = 180
BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


@dataclass(frozen=True)
class Site:
    """Where a running product answers, and its demo account."""

    api_url: str
    wordpress_url: str
    demo: dict[str, str]
    home: Path

    @property
    def rest(self) -> str:
        return f"{self.wordpress_url}/wp-json/trading-robot-service/v1"

    @property
    def files(self) -> Path:
        return self.home / "wordpress" / "site"

    @property
    def database(self) -> Path:
        return next(self.home.rglob("wp-content/database/.ht.sqlite"))

    def options(self) -> dict[str, str]:
        """All that the site keeps in its options."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            return dict(database.execute("SELECT option_name, option_value FROM wp_options"))

    @property
    def admin_password(self) -> str:
        return next(self.home.rglob("admin-password")).read_text().strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_line(process: subprocess.Popen[str], starting: str) -> str:
    """The first line of a process's output that starts so; its end or silence is a failure."""
    silence = threading.Timer(READY_WITHIN_SECONDS, process.kill)
    silence.start()
    try:
        output: IO[str] = process.stdout  # type: ignore[assignment]
        for line in output:
            if line.startswith(starting):
                return line
    finally:
        silence.cancel()
    raise AssertionError(f"{process.args!r} ended before it was ready")


def start(command: list[str], environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    home.chmod(0o755)
    ports = ["--port", str(free_port()), "--wordpress-port", str(free_port())]
    ports += ["--stream-port", str(free_port())]
    process = start([TRP, "up", "--json", "--home", str(home), *ports])
    try:
        up = json.loads(first_line(process, "{"))
        yield Site(up["api_url"], up["wordpress_url"], up["demo"], home)
    finally:
        stop(process)


@pytest.fixture(scope="session")
def administrator(site: Site) -> Person:
    return sign_in(site.wordpress_url, "admin", site.admin_password)


@pytest.fixture(scope="session")
def demo(site: Site) -> Person:
    person = sign_in(site.wordpress_url, site.demo["email"], site.demo["password"])
    return give_code(person, site.demo["totp_secret"])


@pytest.fixture
def member(site: Site, administrator: Person) -> Person:
    """A user of this test alone; signing up through the form is limited, this is not."""
    return add_member(site.wordpress_url, administrator)


class Relay:
    """Carries connections to the backend, refuses them, or takes them and stays silent."""

    def __init__(self, target: str) -> None:
        host, port = target.removeprefix("http://").split(":")
        self.target = (host, int(port))
        self.silent = False
        self.port = free_port()
        self.listener: socket.socket | None = None
        self.kept: list[socket.socket] = []
        self.open()

    def open(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def close(self) -> None:
        if self.listener is not None:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                inward, _ = listener.accept()
            except OSError:
                return
            if self.silent:
                self.kept.append(inward)
                continue
            outward = socket.create_connection(self.target)
            for source, sink in ((inward, outward), (outward, inward)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            sink.close()


@dataclass(frozen=True)
class RelayedSite:
    """A second WordPress, connected, that reaches the backend through a relay."""

    url: str
    relay: Relay
    home: Path

    @property
    def admin_password(self) -> str:
        return (self.home / "admin-password").read_text().strip()

    @property
    def files(self) -> Path:
        return self.home / "site"

    def age_cache(self, seconds: int) -> None:
        """Makes every cached answer older than it is."""
        older = partial(AGE.sub, lambda found: f"{found[1]}{int(found[2]) - seconds}")
        path = next(self.home.rglob("wp-content/database/.ht.sqlite"))
        with sqlite3.connect(path, timeout=30) as database:
            database.create_function("older", 1, older)
            database.execute(
                "UPDATE wp_options SET option_value = older(option_value)"
                " WHERE option_name LIKE '_transient_trp_public_%'"
            )


def make_code(site: Site) -> str:
    """A code that connects one more WordPress, as the operator makes it."""
    command = [TRP, "site", "add", "--home", str(site.home)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0]


@pytest.fixture(scope="session")
def relayed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayedSite]:
    relay = Relay(site.api_url)
    home = tmp_path_factory.mktemp("relayed")
    api_url = f"http://127.0.0.1:{relay.port}"
    options = ["--port", str(free_port()), "--home", str(home), "--api-url", api_url]
    command = ["node", str(RUNNER / "start.mjs"), *options, "--workers", "2"]
    process = start(command, {"TRP_SITE_CODE": make_code(site)})
    try:
        url = first_line(process, "ready ").split()[1]
        yield RelayedSite(url, relay, home)
    finally:
        stop(process)
        relay.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=BROWSER_ARGUMENTS
        )
        yield chromium
        chromium.close()

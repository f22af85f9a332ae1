import json
import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .system import System, run, until

pytestmark = pytest.mark.slow

STOPPED_WITHIN = 20  # seconds, on a machine that does other things besides
WORKERS = [
    ("signals-1",),
    ("signals-2",),
    ("--name", "general"),
    ("--name", "exports"),
    ("sweeper",),
    ("--name", "listener"),
    ("scheduler",),
    ("stream",),
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    started = System(tmp_path_factory.mktemp("up") / "home", "--no-demo").start()
    started.ready()
    yield started
    started.stop()


def test_one_json_line_says_where_everything_is(system: System) -> None:
    said = json.loads(system.output.read_text())
    keys = said.pop("alpaca_keys")  # of the simulated broker; the same for a folder
    assert {name: len(text) for name, text in keys.items()} == {"key": 32, "secret": 32}
    stripe = said.pop("stripe")  # the simulated one
    assert [text.rpartition("_")[0] for text in stripe.values()][1:] == ["sk_test", "whsec"]
    assert stripe["api_base"].endswith("/stripe")
    assert said == {
        "api_url": f"http://127.0.0.1:{system.port}",
        "wordpress_url": None,
        "demo": None,
        "stream_url": f"ws://127.0.0.1:{system.stream_port}/stream",
    }


def test_the_api_is_ready(system: System) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{system.port}/ready") as answer:
        assert json.load(answer)["ready"]


def test_the_doctor_finds_everything_well(system: System) -> None:
    done = run("doctor", "--home", str(system.home))
    assert (done.returncode, "TROUBLE" in done.stdout) == (0, False), done.stdout


def test_a_code_for_a_site_can_be_made(system: System) -> None:
    done = run("site", "add", "--home", str(system.home))
    assert (done.returncode, "within 15 minutes" in done.stdout) == (0, True), done.stderr


def test_what_is_kept_is_for_the_owners_eyes(system: System) -> None:
    modes = {name: (system.home / name).stat().st_mode & 0o777 for name in ("logs", "runtime.json")}
    assert modes == {"logs": 0o700, "runtime.json": 0o600}


def test_a_second_start_on_the_same_folder_is_refused(system: System) -> None:
    done = run("up", "--home", str(system.home), "--no-wordpress")
    assert (done.returncode, "runs already" in done.stderr) == (1, True), done.stderr


def test_a_port_in_use_is_named_before_anything_is_started(system: System, tmp_path: Path) -> None:
    home = tmp_path / "other"
    done = run("up", "--home", str(home), "--port", str(system.port), "--no-wordpress")
    assert (done.returncode, f"Port {system.port} " in done.stderr) == (1, True), done.stderr
    assert not (home / "postgres").exists()


@pytest.mark.parametrize("words", WORKERS, ids=lambda words: words[-1])
def test_a_killed_process_is_started_again_and_a_line_says_so(
    system: System, words: tuple[str, ...]
) -> None:
    killed = system.pid_of(*words)
    os.kill(killed, signal.SIGKILL)
    assert until(lambda: system.pid_of(*words) not in (0, killed), 10)
    assert until(lambda: f"{words[-1]} runs again" in system.errors.read_text(), 20)
    assert f"{words[-1]} was killed by signal 9; starting it again" in system.errors.read_text()


def test_a_killed_redis_is_started_again(system: System) -> None:
    os.kill(int((system.home / "redis" / "redis.pid").read_text()), signal.SIGKILL)
    assert until(lambda: "Redis runs again" in system.errors.read_text(), 20)
    assert until(lambda: run("doctor", "--home", str(system.home)).returncode == 0, 30)


def test_a_killed_database_is_started_again(system: System) -> None:
    system.kill_database()
    assert until(lambda: "PostgreSQL runs again" in system.errors.read_text(), 30)
    assert until(lambda: run("doctor", "--home", str(system.home)).returncode == 0, 30)


def test_two_folders_run_side_by_side(system: System, tmp_path: Path) -> None:
    other = System(tmp_path / "home", "--no-demo").start()
    other.ready()
    assert (other.stop() < STOPPED_WITHIN, other.leftovers()) == (True, [])
    assert run("doctor", "--home", str(system.home)).returncode == 0


def test_it_ends_by_ctrl_c_outlives_a_kill_and_leaves_nothing_behind(tmp_path: Path) -> None:
    system = System(tmp_path / "home", "--no-demo").start()
    system.ready()
    assert system.stop() < STOPPED_WITHIN
    assert (system.process.returncode, system.leftovers()) == (0, [])
    assert not (system.home / "runtime.json").exists()
    system.start().ready()
    system.kill_all()
    assert system.start().ready()["api_url"] == f"http://127.0.0.1:{system.port}"
    system.process.kill()
    system.process.wait()
    assert until(lambda: system.leftovers() == [], 10)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", system.port))

import json
import os
import signal
import urllib.request
from pathlib import Path

import pytest

from .system import System, run, until

pytestmark = pytest.mark.slow

WORKERS = [
    ("signals-1",),
    ("--name", "general"),
    ("--name", "exports"),
    ("sweeper",),
    ("--name", "listener"),
    ("scheduler",),
    ("stream",),
]


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


def test_killed_processes_are_started_again_and_a_line_says_so(system: System) -> None:
    killed = {words: system.pid_of(*words) for words in WORKERS}
    for pid in killed.values():
        os.kill(pid, signal.SIGKILL)
    said = [f"{words[-1]} was killed by signal 9; starting it again" for words in WORKERS]
    said += [f"{words[-1]} runs again" for words in WORKERS]
    until(lambda: all(line in system.errors.read_text() for line in said), 60)
    assert [line for line in said if line not in system.errors.read_text()] == []
    assert [w for w in WORKERS if system.pid_of(*w) in (0, killed[w])] == []


def test_a_killed_redis_is_started_again(system: System) -> None:
    os.kill(int((system.home / "redis" / "redis.pid").read_text()), signal.SIGKILL)
    assert until(lambda: "Redis runs again" in system.errors.read_text(), 20)
    assert until(lambda: run("doctor", "--home", str(system.home)).returncode == 0, 30)


def test_a_killed_database_is_started_again(system: System) -> None:
    system.kill_database()
    assert until(lambda: "PostgreSQL runs again" in system.errors.read_text(), 30)
    assert until(lambda: run("doctor", "--home", str(system.home)).returncode == 0, 30)

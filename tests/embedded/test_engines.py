import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from tradingrobotplug.embedded import Engine, EngineError, start_postgres, start_redis
from tradingrobotplug.embedded.engine import end_leftover, socket_folder

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("start_engines.py")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def ask(engine: Engine, question: str) -> str:
    with psycopg.connect(engine.url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return str(row[0]) if row else ""


def tell(engine: Engine, statement: str) -> None:
    with psycopg.connect(engine.url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = start_postgres(tmp_path_factory.mktemp("postgres"))
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = start_redis(tmp_path_factory.mktemp("redis"))
    yield engine
    engine.stop()


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_postgres_keeps_what_it_has_confirmed(postgres: Engine, name: str) -> None:
    assert ask(postgres, f"SHOW {name}") == "on"


def test_postgres_listens_on_no_network(postgres: Engine) -> None:
    assert ask(postgres, "SHOW listen_addresses") == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("appendonly", "yes"),
        ("appendfsync", "everysec"),
        ("maxmemory-policy", "noeviction"),
        ("port", "0"),
    ],
)
def test_redis_keeps_what_it_is_given_and_listens_on_no_network(
    redis: Engine, name: str, value: str
) -> None:
    assert Redis.from_url(redis.url, decode_responses=True).config_get(name) == {name: value}


def test_nobody_else_may_enter_the_sockets_folders(postgres: Engine, redis: Engine) -> None:
    database = Path(postgres.url.partition("host=")[2])
    doorbell = Path(redis.url.removeprefix("unix://")).parent
    assert (database.stat().st_mode & 0o777, doorbell.stat().st_mode & 0o777) == (0o700, 0o700)


def test_data_outlive_an_orderly_end(tmp_path: Path) -> None:
    first = start_postgres(tmp_path)
    tell(first, "CREATE TABLE kept AS SELECT 7 AS number")
    first.stop()
    second = start_postgres(tmp_path)
    kept = ask(second, "SELECT number FROM kept")
    second.stop()
    assert kept == "7"


def test_both_start_again_after_a_kill_of_everything(tmp_path: Path) -> None:
    postgres, redis = start_postgres(tmp_path), start_redis(tmp_path)
    tell(postgres, "CREATE TABLE kept AS SELECT 7 AS number")
    for engine in (postgres, redis):
        engine.process.kill()
        engine.process.wait()
    postgres, redis = start_postgres(tmp_path), start_redis(tmp_path)
    kept, is_there = ask(postgres, "SELECT number FROM kept"), Redis.from_url(redis.url).ping()
    redis.stop()
    postgres.stop()
    assert (kept, is_there) == ("7", True)


def test_servers_that_outlived_their_supervisor_are_ended_first(tmp_path: Path) -> None:
    old = [start_postgres(tmp_path), start_redis(tmp_path)]
    new = [start_postgres(tmp_path), start_redis(tmp_path)]
    alive = [engine.process.poll() is None for engine in (*old, *new)]
    for engine in new:
        engine.stop()
    assert alive == [False, False, True, True]


def test_a_pid_file_that_names_another_program_harms_nobody(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "30"])
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n")
    end_leftover(pid_file, str(tmp_path))
    was_alive = stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert (was_alive, pid_file.exists()) == (True, False)


def test_two_folders_have_their_own_engines_at_the_same_time(tmp_path: Path) -> None:
    one, two = start_postgres(tmp_path / "one"), start_postgres(tmp_path / "two")
    tell(one, "CREATE TABLE only_here ()")
    found = ask(two, "SELECT to_regclass('only_here')")
    one.stop()
    two.stop()
    assert (found, one.url == two.url) == ("None", False)


def test_a_sockets_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    folder = socket_folder(tmp_path, "redis", os.geteuid())
    folder.chmod(0o755)
    with pytest.raises(EngineError, match="remove it"):
        start_redis(tmp_path)
    folder.rmdir()


def test_a_deep_folder_leaves_the_sockets_path_short(tmp_path: Path) -> None:
    engine = start_redis(tmp_path / ("a" * 100) / ("b" * 100))
    engine.stop()
    assert len(engine.url.removeprefix("unix://")) < 100


@as_root
def test_root_may_keep_the_data_where_nobody_else_can_look(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    engine = start_postgres(tmp_path / "home")
    answer = ask(engine, "SELECT 1")
    engine.stop()
    assert answer == "1"


def become(name: str) -> list[str]:
    """Words before a command that make it run as another user, who may read where Python lies."""
    account = pwd.getpwnam(name)
    return [
        *("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
        "--securebits=+no_setuid_fixup",
    ]


@as_root
def test_a_process_of_the_account_that_runs_postgres_is_not_let_in(tmp_path: Path) -> None:
    engine = start_postgres(tmp_path)
    program = f"import psycopg; psycopg.connect({engine.url!r})"
    command = [*become("nobody"), sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    engine.stop()
    assert "eer authentication failed" in done.stderr


@as_root
def test_a_normal_user_runs_both_twice_in_a_row() -> None:
    account = pwd.getpwnam("daemon")
    home = Path(tempfile.mkdtemp(prefix="trp-test-", dir="/tmp"))
    os.chown(home, account.pw_uid, account.pw_gid)
    command = [*become("daemon"), sys.executable, str(SCRIPT), str(home)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "backend"), "HOME": str(home)}
    said = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    owner = (home / "postgres").stat().st_uid
    shutil.rmtree(home)
    assert (said, owner) == (["1 1\n", "2 2\n"], account.pw_uid)

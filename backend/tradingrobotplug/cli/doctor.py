"""`trp doctor`: what is reachable, and what is misconfigured."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from .. import clock, db, migrations, queues
from ..accounts import audit
from ..beats import last_beats
from ..config import ConfigurationError, Settings
from ..embedded import postgres_answers
from ..errors import Unavailable
from ..notify import post
from ..signals import equation
from ..trading import halts
from ..vault import keyring
from ..web.health import queue_figures
from . import running, wordpress
from .problem import Problem

EXPECTED = ("signals-1", "general", "exports", "sweeper", "listener", "scheduler")
_LATE_SECONDS = 10
_LATE_STOP = timedelta(minutes=5)
_LAST_ROWS = 1_000  # of the audit trail


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    is_well: bool
    says: str


def run(given: argparse.Namespace) -> int:
    """Print one line per thing; 1 if one of them is in trouble."""
    try:
        settings = running.settings(given.home)
    except (ConfigurationError, Problem) as problem:
        print(f"TROUBLE  settings: {problem}")
        return 1
    findings = list(examine(settings))
    for finding in findings:
        print(f"{'ok     ' if finding.is_well else 'TROUBLE'}  {finding.name}: {finding.says}")
    return 0 if all(finding.is_well for finding in findings) else 1


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that these settings name."""
    yield Finding("settings", True, f"{settings.mode} mode, {settings.home}")
    if postgres_answers(settings.database_url):
        db.connect(settings.database_url, pool_size=1)
        yield _checked("database", lambda: _schema_state(settings))
        yield _checked("queue", _queue_state)
        yield _checked("the day's alerts", _equation_state)
        yield _checked("audit trail", _trail_state)
        yield _checked("trading", _trading_state)
    else:
        yield Finding("database", False, "does not answer: is DATABASE_URL right, does it run?")
    queues.connect(settings.redis_url)
    yield _checked("Redis", lambda: _redis_state(queues.redis()))
    yield _checked("vault", lambda: _vault_state(settings))
    yield _checked("mail", lambda: _mail_state(settings))
    yield _checked("processes", _process_state)
    yield _checked("API", lambda: _http_state(f"{settings.public_url}/health"))
    yield _checked("stream", lambda: _stream_state(settings))
    yield _checked("market data", lambda: _http_state(f"{settings.alpaca_data_url}/v2/stocks"))
    yield _checked(
        "coinbase", lambda: _http_state(f"{settings.coinbase_url}/api/v3/brokerage/time")
    )
    missing = wordpress.what_is_missing()
    if settings.mode == "embedded":
        yield Finding("WordPress", True, f"left out: {missing}" if missing else "can run here")


def _checked(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except (Problem, RedisError, SQLAlchemyError, Unavailable, URLError, OSError) as error:
        return Finding(name, False, str(error).splitlines()[0])


def _schema_state(settings: Settings) -> str:
    found, newest = migrations.revision(settings.database_url), migrations.newest()
    if found != newest:
        raise Problem(f"at revision {found or 'none'} instead of {newest}: run `trp migrate`")
    return f"answers, at revision {found}"


def _queue_state() -> str:
    with db.transaction() as session:
        figures = queue_figures(session)
    if figures.age_seconds > _LATE_SECONDS:
        raise Problem(
            f"the oldest signal has waited {figures.age_seconds:.0f} s: do workers and sweeper run?"
        )
    return f"{figures.open_signals} open signals, {figures.dead_letters} dead letters"


def _equation_state() -> str:
    with db.transaction() as session:
        day = equation.count(session, clock.now() - equation.DAY)
    if day.unaccounted:
        raise Problem(f"{day.unaccounted} of {day.stored} are neither open nor ended")
    return f"{day.stored} stored = {day.ended} ended + {day.open} open"


def _trail_state() -> str:
    with db.transaction() as session:
        end = audit.verify(session, last=_LAST_ROWS)
    if end.broken_at is not None:
        raise Problem(f"broken at row {end.broken_at}: {end.reason}; see `trp audit verify`")
    return f"{end.rows} rows, the last ones whole (`trp audit verify` looks at all)"


def _trading_state() -> str:
    with db.transaction() as session:
        halt = halts.of_scope(session, None)
    if halt is None:
        return "goes on: no stop of the whole platform is in force"
    since = f"{halts.sentence(halt)} Level: {halt.level}"
    late = clock.now() - halt.ordered_at > _LATE_STOP
    if halt.carried_out_at is None and late:
        raise Problem(f"{since}; not every bot has heard of it: does the sweeper run?")
    return f"{since}; `trp resume` lifts it"


def _vault_state(settings: Settings) -> str:
    keyring.connect(settings)
    return f"seals and opens with {keyring.try_out(keyring.connected())}"


def _mail_state(settings: Settings) -> str:
    if settings.smtp_url:
        post.connect(settings)
        post.greet()
        return f"the server answers; from {settings.mail_from}"
    if settings.mode == "production":
        raise Problem("no server (TRP_SMTP_URL): nobody gets links or warnings by mail")
    return "no server: mails are kept for `trp mail`"


def _redis_state(client: Redis) -> str:
    policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    if policy != "noeviction":
        raise Problem(f"maxmemory-policy is {policy}: set it to noeviction")
    return "answers, noeviction"


def _process_state() -> str:
    beats = last_beats()
    kinds = {name.partition("-")[0] for name in beats}
    missing = [name for name in EXPECTED if name.partition("-")[0] not in kinds]
    if missing:
        raise Problem(f"not heard of in the last minute: {', '.join(missing)}")
    return f"at work: {', '.join(sorted(beats))}"


def _stream_state(settings: Settings) -> str:
    """Asked without a ticket, it refuses; without Redis, it answers 503."""
    return _http_state(f"http{settings.stream_address.removeprefix('ws')}")


def _http_state(url: str) -> str:
    """Any answer of the server counts, also a refusal: what is asked is whether it is there."""
    try:
        with urlopen(url, timeout=5) as response:  # nosec B310  # settings allow http(s) only
            return f"{url} answers {response.status}"
    except HTTPError as error:
        if error.code >= 500:
            raise Problem(f"{url} answers {error.code}") from error
        return f"{url} is reachable"
    except URLError as error:
        raise Problem(f"{url} can't be reached: {error.reason}") from error

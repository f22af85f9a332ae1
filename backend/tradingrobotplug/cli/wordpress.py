"""WordPress beside the API, served by the Node program in wordpress-plugin/run."""

import os
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from .. import clock, db
from ..accounts import site_users, sites
from ..accounts.assertions import SiteScope
from ..models import Site as SiteRow
from .demo_file import Account
from .supervisor import Process, Service, child

NODE = 20
READY_SECONDS = 180  # the first start unpacks WordPress and fills its database
_RUNNER = Path(__file__).parents[3] / "wordpress-plugin" / "run"


@dataclass(frozen=True, slots=True)
class Site:
    """Where WordPress runs and what it is connected with."""

    port: int
    home: Path
    api_url: str
    account: Account | None

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://127.0.0.1:{self.port}"


def what_is_missing() -> str | None:
    """A sentence on what has to be there before WordPress can run; None if nothing is missing."""
    node = shutil.which("node")
    if node is None:
        return f"node is not on PATH; install Node.js {NODE} or newer and run `make install`."
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = shown.strip().lstrip("v").partition(".")[0]
    if not major.isdigit() or int(major) < NODE:
        return f"{node} is {shown.strip() or 'broken'}; install Node.js {NODE} or newer."
    if not (_RUNNER / "start.mjs").exists():
        return f"{_RUNNER} is not there; it comes with the repository, not with the package."
    if not (_RUNNER / "node_modules").is_dir():
        return "its packages are not installed; run `make install`."
    return None


def service(site: Site) -> Service:
    """WordPress as a service; each start brings a fresh code to connect with."""
    log = site.home / "logs" / "wordpress.log"
    begins = [0]

    def launch() -> Process:
        begins[0] = log.stat().st_size if log.exists() else 0
        return child(_command(site), {**os.environ, **_secrets(site)}, log)

    def answers(_: Process) -> bool:
        size = log.stat().st_size
        begins[0] = min(begins[0], size)  # the log may have been set aside
        with log.open("rb") as lines:
            lines.seek(begins[0])
            return any(line.startswith(b"ready ") for line in lines)

    return Service(
        "WordPress",
        launch,
        answers,
        is_needed=False,
        ready_seconds=READY_SECONDS,
        log=log,
        on_ready=lambda: _link(site),
    )


def _secrets(site: Site) -> dict[str, str]:
    """What the list of processes must not show: a code to connect with, the demo password.

    This site, on the machine of whoever runs it, may also show the mails that go nowhere else.
    """
    with db.transaction() as session:
        code = sites.make_code(session, clock.now(), list(SiteScope))
    password = site.account.password if site.account else ""
    return {"TRP_SITE_CODE": code, "TRP_SITE_DEMO_PASSWORD": password}


def _command(site: Site) -> list[str]:
    command = [shutil.which("node") or "node", str(_RUNNER / "start.mjs")]
    command += ["--port", str(site.port), "--home", str(site.home / "wordpress")]
    command += ["--api-url", site.api_url]
    if site.account is not None:
        command += ["--demo-email", site.account.email, "--demo-subject", site.account.subject]
    return command


def _link(site: Site) -> None:
    """The site's demo user stands for ours: we run both, so nobody has to prove anything."""
    if site.account is None:
        return
    user_id = uuid.UUID(site.account.user_id)
    with db.transaction() as session:
        connected = select(SiteRow.id).where(
            SiteRow.url.in_((site.url, f"{site.url}/")), SiteRow.revoked_at.is_(None)
        )
        for site_id in session.scalars(connected).all():
            site_users.link(session, site_id, site.account.subject, user_id, clock.now())

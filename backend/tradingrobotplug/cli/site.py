"""`trp site`: codes for WordPress sites, and the sites that are connected."""

import argparse
import uuid

from .. import clock, db
from ..accounts import sites
from ..accounts.assertions import SiteScope
from ..errors import NotFound
from ..models import Site
from . import running
from .problem import Problem


def add(given: argparse.Namespace) -> int:
    """Print a code that lets one WordPress site connect."""
    db.connect(running.settings(given.home).database_url)
    scopes = [SiteScope.ACT_FOR_USERS, *map(SiteScope, given.scope or [])]
    with db.transaction() as session:
        code = sites.make_code(session, clock.now(), scopes)
    minutes = int(sites.CODE_LIFETIME.total_seconds() // 60)
    print(f"{code}  (paste it into the site's settings within {minutes} minutes)")
    return 0


def show(given: argparse.Namespace) -> int:
    """List the connected sites, newest first."""
    db.connect(running.settings(given.home).database_url)
    with db.transaction() as session:
        found = session.scalars(sites.all_sites().where(Site.revoked_at.is_(None))).all()
    for site in found:
        since = f"{site.created_at:%Y-%m-%d %H:%M}"
        print(f"{site.id}  {since}  {','.join(site.scopes)}  {site.url}  {site.name}")
    return 0


def revoke(given: argparse.Namespace) -> int:
    """Disconnect a site."""
    db.connect(running.settings(given.home).database_url)
    try:
        site_id = uuid.UUID(given.id)
        with db.transaction() as session:
            sites.revoke(session, site_id, clock.now())
    except (ValueError, NotFound) as error:
        raise Problem(f"{given.id!r} is no connected site: `trp site list` lists them.") from error
    print(f"Disconnected {site_id}: its key and tokens no longer count.")
    return 0

"""`trp migrate`."""

import argparse

from .. import migrations
from . import running


def run(given: argparse.Namespace) -> int:
    """Migrate to a revision and say which one the database is at."""
    settings = running.settings(given.home)
    if given.revision == "base" or given.revision.startswith("-"):
        migrations.downgrade(settings.database_url, given.revision)
    else:
        migrations.upgrade(settings.database_url, given.revision)
    print(f"The database is at revision {migrations.revision(settings.database_url) or 'none'}.")
    return 0

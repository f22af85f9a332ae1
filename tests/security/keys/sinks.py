"""Everything a secret could have ended in."""

from base64 import b64encode
from pathlib import Path

from sqlalchemy import text

from tradingrobotplug import db, queues


def traces_of(secret: str, everything: str) -> set[str]:
    """The ways of writing the secret that are found: as it is, as hex, as base64."""
    raw = secret.encode()
    # base64 of the text differs with its offset; the middle of each of the three forms does not.
    middles = [b64encode(b"x" * shift + raw).decode()[4:-4] for shift in range(3)]
    ways = [secret, secret.replace("\n", "\\n"), raw.hex(), *middles]
    return {way for way in ways if way in everything}


def database() -> str:
    """Every row of every table, as a dump writes it."""
    with db.transaction() as session:
        names = [table.name for table in db.Base.metadata.sorted_tables]
        found = [session.scalars(text(f'SELECT t::text FROM "{name}" t')).all() for name in names]
    return "\n".join(row for rows in found for row in rows)


def redis() -> str:
    """Every key and value of Redis."""
    client = queues.redis()
    kept = [key + (client.dump(key) or b"") for key in client.scan_iter()]
    return b"\n".join(kept).decode("latin-1")


def files(folder: Path) -> str:
    """Every file below a folder."""
    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(found).decode("latin-1")

"""Which system account PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .engine import EngineError

_SETPRIV = (
    "--clear-groups",
    # What root may reach, PostgreSQL must reach too: a data folder or a virtual environment under
    # a closed home directory. `no_setuid_fixup` lets access(2) honour the capability.
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",
)


@dataclass(frozen=True, slots=True)
class Account:
    """The account's number, its group, and the words that go before a command to run as it."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()


def for_postgres(data: Path, binaries: Path) -> Account:
    """Ourselves; as root the owner of the data, or nobody.

    EngineError if that account could not reach the folders and may not be helped.
    """
    if os.geteuid() != 0:
        _refuse_foreign(data)
        return Account(os.geteuid(), os.getegid())
    uid, gid = _owner(data)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if _is_open(data.parent) and _is_open(binaries):
            raise EngineError("setpriv is missing: install util-linux, or start as a normal user.")
        raise EngineError(f"{data} can't be reached without root and setpriv: use another --home.")
    identity = (setpriv, f"--reuid={uid}", f"--regid={gid}")
    if _is_open(data.parent) and _is_open(binaries):
        return Account(uid, gid, (*identity, "--clear-groups"))
    prefix = (*identity, *_SETPRIV)
    tried = subprocess.run(
        [*prefix, str(binaries / "postgres"), "--version"], capture_output=True, check=False
    )
    if tried.returncode != 0:
        raise EngineError(
            f"PostgreSQL may not run as root, and user {uid} can't reach {data} or {binaries}: "
            "use a --home and an installation under a folder that everyone may enter."
        )
    return Account(uid, gid, prefix)


def _owner(data: Path) -> tuple[int, int]:
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _refuse_foreign(data: Path) -> None:
    if data.exists() and data.stat().st_uid != os.geteuid():
        raise EngineError(f"{data} belongs to another user: start as that user or use --home.")


def _is_open(folder: Path) -> bool:
    """Whether everyone may walk down to this folder."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))

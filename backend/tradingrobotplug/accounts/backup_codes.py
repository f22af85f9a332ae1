"""Backup codes, for when the authenticator is lost: ten of 60 bits, each good for one use."""

import hashlib
import os
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from ..models import BackupCode

COUNT = 10
LENGTH = 12
COST = 2**14  # scrypt's n (RFC 7914): 16 MiB and a twentieth of a second a code
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0, 1: read off paper, typed in
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class CodeSet:
    """Ten new codes: shown this once, kept as hashes under one salt."""

    shown: tuple[str, ...] = field(repr=False)
    salt: bytes = field(repr=False)
    hashes: tuple[str, ...] = field(repr=False)


def make() -> CodeSet:
    """A new set. Hashing takes half a second: not inside a transaction."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    salt = os.urandom(_SALT_BYTES)
    shown = tuple("-".join((code[:4], code[4:8], code[8:])) for code in codes)
    return CodeSet(shown, salt, tuple(hashed(code, salt) for code in codes))


def hashed(code: str, salt: bytes) -> str:
    """How a code is kept, whatever case and dashes it is typed with. Not inside a transaction."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.scrypt(typed.encode(), salt=salt, n=COST, r=8, p=1, dklen=32).hex()


def put(session: Session, factor_id: uuid.UUID, codes: CodeSet) -> None:
    """Keep these in the place of those there were; the factor's row must be locked."""
    session.execute(delete(BackupCode).where(BackupCode.factor_id == factor_id))
    rows = [{"factor_id": factor_id, "code_hash": code_hash} for code_hash in codes.hashes]
    session.execute(insert(BackupCode), rows)


def use(session: Session, factor_id: uuid.UUID, code_hash: str, now: datetime) -> bool:
    """Use it up; False if it is none of theirs or was used before."""
    used = session.execute(
        update(BackupCode)
        .where(
            BackupCode.factor_id == factor_id,
            BackupCode.code_hash == code_hash,
            BackupCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(BackupCode.factor_id)
    )
    return used.one_or_none() is not None


def left(session: Session, factor_id: uuid.UUID) -> int:
    """How many can still be used."""
    unused = select(func.count()).where(
        BackupCode.factor_id == factor_id, BackupCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0

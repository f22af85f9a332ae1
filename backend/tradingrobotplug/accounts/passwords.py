"""Passwords: which are refused, and how the rest are kept.

Length is what counts (NIST SP 800-63B): at least 12 characters, no rules about their kinds, nothing
that is on the list of common passwords or a slight variation of one.
"""

import base64
import hashlib
import re
import unicodedata
from functools import cache
from importlib.resources import files

import bcrypt

from ..errors import Invalid

SHORTEST, LONGEST = 12, 1_024
COST = 12
_PRODUCT = ("tradingrobotplug", "tradingrobot", "robotplug")
# bcrypt of a random secret nobody kept: what a password is compared with when there is no account.
_NOBODY = "$2b$12$xJBmsqrG6S2adR.dqQGyEeRTMaKANxt6Jvcl8ilVHp/gnbdMgfbWy"


def refuse_weak(password: str, email: str, username: str | None) -> None:
    """Invalid `weak_password` with the reason, unless the password may be used."""
    reason = _weakness(_normal(password), email, username)
    if reason:
        raise Invalid("weak_password", reason, {"fields": {"password": [reason]}})


def hashed(password: str) -> str:
    """bcrypt over base64(SHA-384(password)): bcrypt alone would ignore all after 72 bytes."""
    return bcrypt.hashpw(_digest(password), bcrypt.gensalt(COST)).decode()


def verify(password: str, password_hash: str | None) -> bool:
    """Whether this is the password. Without a hash it takes as long, and is never true."""
    matches = bcrypt.checkpw(_digest(password), (password_hash or _NOBODY).encode())
    return matches and password_hash is not None


def _weakness(password: str, email: str, username: str | None) -> str | None:
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; a few unrelated words make a good password."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST:,} characters."
    own = {email, email.partition("@")[0], username or ""}
    if _bare(password) in {_bare(text) for text in own if text}:
        return "Your email address or username can't be your password."
    if _is_common(password):
        return "This password is among the first that attackers try. Please choose another."
    return None


def _is_common(password: str) -> bool:
    text, known = password.lower(), _common()
    stem = re.sub(r"[\W\d_]{1,6}$", "", text)
    repeated = re.fullmatch(r"(?=.{12,20}$)(.{1,8}?)\1+.{0,2}", text, re.DOTALL) is not None
    return (
        repeated
        or text in known
        or stem in known
        or _bare(stem) in _PRODUCT
        or any(text[:cut] in known and text[cut:] in known for cut in range(6, len(text) - 5))
        or any(text in run for run in _RUNS)
    )


_DIGITS = "1234567890" * 12
_LETTERS = "abcdefghijklmnopqrstuvwxyz" * 2
_KEYS = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
_RUNS = tuple(
    run
    for text in (_DIGITS, _LETTERS, _KEYS, "qwertyuiopasdfghjklzxcvbnm")
    for run in (text, text[::-1])
)


@cache
def _common() -> frozenset[str]:
    text = files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _normal(password: str) -> str:
    # The same characters typed on different systems may arrive composed or decomposed.
    return unicodedata.normalize("NFKC", password)


def _digest(password: str) -> bytes:
    return base64.b64encode(hashlib.sha384(_normal(password).encode()).digest())

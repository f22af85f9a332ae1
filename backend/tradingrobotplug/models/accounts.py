"""Users, their sessions, connected WordPress sites."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, new_id


class User(Base):
    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("email"), UniqueConstraint("username"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254))  # stored lower-case
    username: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str | None] = mapped_column(Text)  # None: signs in through a site only
    role: Mapped[str] = mapped_column(String(16), default="user")
    is_house: Mapped[bool] = mapped_column(default=False)  # owns the robots' public record
    created_at: Mapped[datetime] = mapped_column(Moment)
    suspended_at: Mapped[datetime | None] = mapped_column(Moment)
    email_verified_at: Mapped[datetime | None] = mapped_column(Moment)
    leaving_at: Mapped[datetime | None] = mapped_column(Moment)  # asked to be deleted


class UserSession(Base):
    __tablename__ = "user_sessions"
    __table_args__ = (Index("ix_user_sessions_site", "site_id", "site_session"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    site_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    site_session: Mapped[str | None] = mapped_column(String(128))  # the site's own session, hashed
    refresh_hash: Mapped[str | None] = mapped_column(String(64))  # of the one valid refresh token
    device: Mapped[str] = mapped_column(String(256), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    # When everything the account asks for (password and code) was last given in this session.
    proved_at: Mapped[datetime | None] = mapped_column(Moment)


class AccountToken(Base):
    """A link that was mailed, good for one use; only its hash is kept."""

    __tablename__ = "account_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str] = mapped_column(String(16))  # verify | reset | email | delete
    email: Mapped[str] = mapped_column(String(254))  # where it was mailed to
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class ForgottenPassword(Base):
    """Somebody asked for a reset link. Whether there is an account is looked up later, by a job."""

    __tablename__ = "forgotten_passwords"
    __table_args__ = (
        Index("ix_forgotten_passwords_open", "created_at", postgresql_where="answered_at IS NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), index=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class LoginAttempt(Base):
    """Failed logins, counted per account and address, and more slowly per account."""

    __tablename__ = "login_attempts"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)  # hashed account (and address)
    failures: Mapped[int] = mapped_column(default=0)
    first_failed_at: Mapped[datetime] = mapped_column(Moment)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


class IdempotencyKey(Base):
    """A request that must take effect once, and its answer; kept for a day."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    route: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column()  # None: not answered yet
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Site(Base):
    """A connected WordPress installation, known by its public key."""

    __tablename__ = "sites"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500))
    public_key: Mapped[str] = mapped_column(String(64))  # Ed25519, base64url of the 32 raw bytes
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class SiteCode(Base):
    """A one-time code that lets one site register its key."""

    __tablename__ = "site_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    scopes: Mapped[list[Any]]  # what the site that uses it may do
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SiteLink(Base):
    """Which user a site's subject (a random UUID kept by the site) stands for."""

    __tablename__ = "site_links"

    site_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Moment)


class SiteLinkCode(Base):
    """What the login page hands a site to show that the user agreed (RFC 6749 section 4.1, with
    the challenge of RFC 7636); one use, only its hash is kept."""

    __tablename__ = "site_link_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    redirect_uri: Mapped[str] = mapped_column(String(500))
    challenge: Mapped[str] = mapped_column(String(64))  # S256 of the site's verifier
    proved_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SiteAssertion(Base):
    """Assertions already used, kept until they expire (RFC 7523 section 3, jti)."""

    __tablename__ = "site_assertions"

    jti: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)

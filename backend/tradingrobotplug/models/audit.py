"""The audit trail: a chain of hashes that the database only ever lets grow."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Index, LargeBinary, String, event, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment


class AuditLog(Base):
    """Who did what to which object, when and from where. Numbered without gaps from 1."""

    __tablename__ = "audit_logs"
    __table_args__ = (Index("ix_audit_logs_object", "object_id", "at"),)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(64))
    object_id: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)  # gone once address and details are
    personal_hash: Mapped[str] = mapped_column(String(64))  # of salt, address and details, hex
    prev_hash: Mapped[str] = mapped_column(String(64))  # of the row before
    hash: Mapped[str] = mapped_column(
        String(64)
    )  # SHA-256 of prev_hash and the row, with personal_hash in place of address and details


# A trigger rather than a missing privilege: it also stops the owner of the table and a superuser.
APPEND_ONLY = (
    """
    CREATE OR REPLACE FUNCTION refuse_change_of_audit_logs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'audit_logs only grows: rows are never changed or removed'
        USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE TRIGGER audit_logs_only_grows BEFORE DELETE OR TRUNCATE ON audit_logs
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_logs()
    """,
    """
    CREATE OR REPLACE FUNCTION allow_erasure_in_audit_logs() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE erased record := OLD;
    BEGIN
      erased.salt := NULL;
      erased.address := '';
      erased.details := '{}';
      IF OLD.user_id IS NULL OR NEW IS DISTINCT FROM erased
          OR EXISTS (SELECT FROM users WHERE id = OLD.user_id) THEN
        RAISE EXCEPTION 'audit_logs only grows: of erased users alone address and details may go'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_logs_stays BEFORE UPDATE ON audit_logs
      FOR EACH ROW EXECUTE FUNCTION allow_erasure_in_audit_logs()
    """,
)
DROP_FUNCTIONS = (
    "DROP FUNCTION IF EXISTS refuse_change_of_audit_logs(), allow_erasure_in_audit_logs()"
)


@event.listens_for(AuditLog.__table__, "after_create")
def _let_it_only_grow(_table: object, connection: Connection, **_options: object) -> None:
    for statement in APPEND_ONLY:
        connection.execute(text(statement))


@event.listens_for(AuditLog.__table__, "after_drop")
def _drop_functions(_table: object, connection: Connection, **_options: object) -> None:
    connection.execute(text(DROP_FUNCTIONS))

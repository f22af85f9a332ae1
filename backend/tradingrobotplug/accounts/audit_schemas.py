"""Shapes of the audit trail on the wire."""

from datetime import UTC

from marshmallow import fields, validate

from ..web.schemas import Paging, Shape


class AuditEntry(Shape):
    """One thing that was done."""

    seq = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True, metadata={"description": "For example `login.failed`."})
    object_id = fields.String(required=True, allow_none=True)
    address = fields.String(required=True)
    details = fields.Dict(required=True)


class AuditTrail(Shape):
    """A page of the caller's own trail, newest first."""

    entries = fields.List(fields.Nested(AuditEntry), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class AdminAuditEntry(AuditEntry):
    """One thing that was done, and by or for whom."""

    user_id = fields.UUID(required=True, allow_none=True)


class AdminAuditTrail(AuditTrail):
    """A page of a user's trail, or of everyone's."""

    entries = fields.List(fields.Nested(AdminAuditEntry), required=True)


class AuditFilter(Paging):
    """Which action, and when: `from` is in, `to` no longer. A time without an offset is UTC."""

    action = fields.String(load_default=None, validate=validate.Length(max=64))
    since = fields.AwareDateTime(data_key="from", load_default=None, default_timezone=UTC)
    until = fields.AwareDateTime(data_key="to", load_default=None, default_timezone=UTC)


class AdminAuditFilter(AuditFilter):
    """Whose trail; without a user, everyone's."""

    user_id = fields.UUID(load_default=None)

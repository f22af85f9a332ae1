"""Shapes of questions about plans."""

from marshmallow import fields, validate

from ..accounts.schemas import email_field
from ..plans import catalogue
from ..web.schemas import Shape

_SAYS_SOMETHING = validate.Regexp(r"(?s)\s*\S", error="Please fill this in.")
_ON_ONE_LINE = validate.Regexp(
    r"[^\x00-\x1f\x7f\u2028\u2029]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f\u2028\u2029]*\Z",
    error="Please fill this in, on one line.",
)


class NewEnquiry(Shape):
    """POST /api/enquiries. `website` is for programs that fill in every field: people leave it."""

    name = fields.String(required=True, validate=[validate.Length(1, 120), _ON_ONE_LINE])
    email = email_field()
    message = fields.String(required=True, validate=[validate.Length(1, 4000), _SAYS_SOMETHING])
    plan = fields.String(
        required=True, validate=validate.OneOf([plan.id for plan in catalogue.plans()])
    )
    website = fields.String(
        load_default="", validate=validate.Length(max=0, error="Leave this field empty.")
    )


class EnquiryTaken(Shape):
    """The question is kept, and goes to the operator."""

    taken = fields.Boolean(required=True)


class EnquiryView(Shape):
    """A question; `user_id` null: of a visitor; `mailed_at` null: no mail server has taken it."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True, allow_none=True)
    plan = fields.String(required=True, attribute="plan_id")
    name = fields.String(required=True)
    email = fields.String(required=True)
    message = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    mailed_at = fields.AwareDateTime(required=True, allow_none=True)


class EnquiryList(Shape):
    enquiries = fields.List(fields.Nested(EnquiryView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)

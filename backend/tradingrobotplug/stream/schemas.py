"""Shapes of the stream."""

from marshmallow import fields

from ..web.schemas import Shape


class Ticket(Shape):
    """A way into the stream, good once."""

    ticket = fields.String(required=True)
    url = fields.String(
        required=True,
        metadata={"description": "Connect to this address with `?ticket=` and the ticket."},
    )
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})

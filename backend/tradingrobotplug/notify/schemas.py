"""Shapes of channels and preferences on the wire. What leads to a channel comes in only."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from ..web.schemas import Flag, Shape
from .channels import KINDS
from .events import Kind
from .preferences import MAIL, Preference

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _name(**options: Any) -> fields.String:
    return fields.String(validate=validate.Regexp(r"[^\x00-\x1f\x7f]{1,64}\Z"), **options)


def _url() -> fields.String:
    return fields.String(
        validate=validate.Length(1, 2000),
        metadata={"description": "Of a Discord or Slack webhook, or your own; https only."},
    )


def _bot_token() -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"[0-9]{5,15}:[A-Za-z0-9_-]{20,80}\Z"),
        metadata={"description": "As Telegram's @BotFather gives it."},
    )


def _chat_id() -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"(?:-?[0-9]{1,20}|@[A-Za-z0-9_]{4,32})\Z"),
        metadata={"description": "Of a Telegram chat, or @name of a public channel."},
    )


class NewChannel(Shape):
    """POST /api/notification-channels. Telegram takes bot_token and chat_id, the others a url."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = _name(required=True)
    url = _url()
    bot_token = _bot_token()
    chat_id = _chat_id()


class ChannelChanges(Shape):
    """What may be changed. A webhook's new url brings a new signing secret."""

    name = _name()
    url = _url()
    bot_token = _bot_token()
    chat_id = _chat_id()

    @validates_schema
    def _something_is_asked_for(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Say what is to change.")


class ChannelView(Shape):
    """A channel without its secrets."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    name = fields.String(required=True)
    target = fields.String(
        required=True, metadata={"description": "The chat's id, or the host of the address."}
    )
    created_at = fields.AwareDateTime(required=True)
    last_sent_at = fields.AwareDateTime(required=True, allow_none=True)
    last_error = fields.String(
        required=True, allow_none=True, metadata={"description": "Why the latest attempt failed."}
    )


class ChannelList(Shape):
    """All of a user's channels."""

    channels = fields.List(fields.Nested(ChannelView), required=True)


class KeptChannel(Shape):
    """A new or changed channel."""

    channel = fields.Nested(ChannelView, required=True)
    signing_secret = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of a new or moved webhook. Shown once, here."},
    )


class ChannelRemoval(Shape):
    """The channel is gone, with what was still to be sent to it."""

    success = fields.Boolean(required=True)


class TestResult(Shape):
    """What became of a test message."""

    delivered = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)


class PreferenceShape(Shape):
    """Whether an event is told through a channel."""

    event = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    channel = fields.String(
        required=True,
        validate=validate.Regexp(rf"(?:{MAIL}|{_ID})\Z"),
        metadata={"description": "The id of a channel, or `mail`."},
    )
    wanted = Flag(required=True, attribute="is_wanted")

    @post_load
    def _as_value(self, data: dict[str, Any], **_: Any) -> Preference:
        return Preference(**data)


class Preferences(Shape):
    """Every event with every channel; coming in, those that are to change."""

    preferences = fields.List(
        fields.Nested(PreferenceShape), required=True, validate=validate.Length(0, 200)
    )

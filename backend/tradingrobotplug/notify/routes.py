"""HTTP in and out for what users are told. Others are asked between transactions."""

import uuid
from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..db import transaction
from ..web.auth import caller, freshly_proved, signed_in
from ..web.idempotency import idempotent
from ..web.limits import strictly
from ..web.openapi import guarded
from . import channels, preferences, schemas, wording

blueprint = Blueprint(
    "notifications", __name__, url_prefix="/api", description="What users are told, and where"
)


@blueprint.get("/notification-channels")
@guarded(blueprint)
@signed_in
@blueprint.response(200, schemas.ChannelList)
def list_channels() -> dict[str, Any]:
    """The caller's channels, oldest first; mail is not among them, as it needs no setting up"""
    with transaction() as session:
        return {"channels": channels.channels_of(session, caller().user_id)}


@blueprint.post("/notification-channels")
@strictly
@guarded(blueprint, 409, 422, 503)
@signed_in
@freshly_proved
@idempotent
@blueprint.arguments(schemas.NewChannel)
@blueprint.response(201, schemas.KeptChannel)
def add_channel(given: dict[str, Any]) -> dict[str, Any]:
    """Set up a Telegram, Discord or Slack channel or a signed webhook

    What leads to it is never shown again. A webhook's signing secret is in this answer only.
    """
    name, kind = given.pop("name"), given.pop("kind")
    made = channels.prepared(kind, given, channels.new_binding(caller().user_id))
    with transaction() as session:
        channel = channels.add(session, name, made, clock.now())
    return {"channel": channel, "signing_secret": made.signing_secret}


@blueprint.put("/notification-channels/<uuid:channel_id>")
@strictly
@guarded(blueprint, 404, 409, 422, 503)
@signed_in
@freshly_proved
@blueprint.arguments(schemas.ChannelChanges)
@blueprint.response(200, schemas.KeptChannel)
def change_channel(changes: dict[str, Any], channel_id: uuid.UUID) -> dict[str, Any]:
    """Rename a channel, or lead it elsewhere; a webhook's new address brings a new secret"""
    with transaction() as session:
        seen = channels.channel_for(session, caller().user_id, channel_id)
    name = changes.pop("name", seen.name)
    made = None
    if changes:
        made = channels.prepared(seen.kind, changes, channels.next_binding(seen))
    with transaction() as session:
        channel = channels.change(session, seen, name, made, clock.now())
    return {"channel": channel, "signing_secret": made.signing_secret if made else None}


@blueprint.delete("/notification-channels/<uuid:channel_id>")
@guarded(blueprint, 404)
@signed_in
@freshly_proved
@blueprint.response(200, schemas.ChannelRemoval)
def remove_channel(channel_id: uuid.UUID) -> dict[str, bool]:
    """Remove a channel; what was still to be sent to it is not sent"""
    with transaction() as session:
        session.delete(channels.channel_for(session, caller().user_id, channel_id))
    return {"success": True}


@blueprint.post("/notification-channels/<uuid:channel_id>/test")
@strictly
@guarded(blueprint, 404)
@signed_in
@blueprint.response(200, schemas.TestResult)
def try_channel(channel_id: uuid.UUID) -> dict[str, Any]:
    """Send a test message now, and say what became of it"""
    with transaction() as session:
        channel = channels.channel_for(session, caller().user_id, channel_id)
    now = clock.now()
    outcome = channels.hand_over(channel, wording.test_message(now), now)
    return {"delivered": outcome.word == "taken", "reason": outcome.reason}


@blueprint.get("/notification-preferences")
@guarded(blueprint)
@signed_in
@blueprint.response(200, schemas.Preferences)
def show_preferences() -> dict[str, Any]:
    """Whether each event is told by mail and through each channel"""
    with transaction() as session:
        return {"preferences": preferences.preferences_of(session, caller().user_id)}


@blueprint.put("/notification-preferences")
@guarded(blueprint, 404, 422)
@signed_in
@blueprint.arguments(schemas.Preferences)
@blueprint.response(200, schemas.Preferences)
def choose_preferences(given: dict[str, list[preferences.Preference]]) -> dict[str, Any]:
    """Choose what is told where; what is not named stays as it is"""
    with transaction() as session:
        preferences.choose(session, caller().user_id, given["preferences"])
        return {"preferences": preferences.preferences_of(session, caller().user_id)}

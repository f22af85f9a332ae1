"""HTTP in and out for trade histories, reports and tax reports."""

import uuid
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app
from flask_smorest import Blueprint

from ... import clock
from ...accounts import audit
from ...db import transaction
from ...errors import NotFound
from ...models import Export
from ...web.auth import caller, with_scope
from ...web.idempotency import idempotent
from ...web.limits import client_address, costly
from ...web.openapi import keyed, refuses
from ...web.paging import page_of
from ...web.schemas import Paging
from .. import bots
from . import formats, making, schemas, service, storage
from .history import Wanted

blueprint = Blueprint("exports", __name__, url_prefix="/api", description="Files to download")

_BYTES = {"type": "string", "format": "binary"}
# What a download may be; the JSON of a trade history is described in schemas.TradeFile.
_FILES = {
    formats.CSV_TYPE: {"schema": {"type": "string"}},
    formats.JSON_TYPE: {"schema": schemas.TradeFile},
    formats.PDF_TYPE: {"schema": _BYTES},
}


def _answers(*media_types: str) -> dict[str, Any]:
    content = {media_type: _FILES[media_type] for media_type in media_types}
    return {"responses": {"200": {"description": "The file", "content": content}}}


@blueprint.get("/bots/<uuid:bot_id>/trades/export")
@costly
@keyed(blueprint, 404, 422)
@with_scope("read")
@blueprint.arguments(schemas.HistoryQuery, location="query")
@blueprint.doc(**_answers(formats.CSV_TYPE, formats.JSON_TYPE))
def export_trades(query: dict[str, Any], bot_id: uuid.UUID) -> Response:
    """A bot's orders as a file, oldest first, made while it is sent; thirty an hour

    It begins as early as the plan shows. A long history is better made by POST /api/exports.
    """
    now, user_id = clock.now(), caller().user_id
    with transaction() as session:
        bot = bots.owned_bot(session, user_id, bot_id)
        first, last = service.days(session, user_id, query, now)
    wanted = Wanted(user_id, bot.id, query["mode"], *making.instants(first, last))
    pieces = making.trades(wanted, query["format"], transaction)
    name = f"bot-{bot.id.hex[-8:]}-{now:%Y-%m-%d}-trades.{query['format']}"
    media_type = formats.CSV_TYPE if query["format"] == "csv" else formats.JSON_TYPE
    return _file((piece.content for piece in pieces), media_type, name)


@blueprint.post("/exports")
@keyed(blueprint, 409, 422)
@with_scope("read")
@idempotent
@blueprint.arguments(schemas.NewExport)
@blueprint.response(202, schemas.SingleExport)
def ask_for_export(wish: dict[str, Any]) -> dict[str, Any]:
    """Have a file made: trade history, performance report or tax report"""
    now = clock.now()
    with transaction() as session:
        made = service.ask(session, caller().user_id, wish, now)
        audit.record(
            session, "export.asked", now, user_id=caller().user_id, object_id=made.id,
            address=client_address(), kind=made.kind,
        )  # fmt: skip
        return {"export": service.view(made)}


@blueprint.get("/exports")
@keyed(blueprint)
@with_scope("read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, schemas.ExportList)
def list_exports(paging: dict[str, int]) -> dict[str, Any]:
    """The caller's files, newest first"""
    with transaction() as session:
        found, total = page_of(session, service.exports_of(caller().user_id), **paging)
        return {"exports": [service.view(row) for row in found], "total": total, **paging}


@blueprint.get("/exports/<uuid:export_id>")
@keyed(blueprint, 404)
@with_scope("read")
@blueprint.response(200, schemas.SingleExport)
def show_export(export_id: uuid.UUID) -> dict[str, Any]:
    """One file and how far it is"""
    with transaction() as session:
        return {"export": service.view(service.own(session, caller().user_id, export_id))}


@blueprint.delete("/exports/<uuid:export_id>")
@keyed(blueprint, 404)
@with_scope("read")
@blueprint.response(204)
def delete_export(export_id: uuid.UUID) -> None:
    """Delete a file, or give up making it"""
    with transaction() as session:
        session.delete(service.own(session, caller().user_id, export_id))


@blueprint.get("/exports/<uuid:export_id>/download")
@keyed(blueprint, 404, 409)
@with_scope("read")
@blueprint.doc(**_answers(*_FILES))
def download_export(export_id: uuid.UUID) -> Response:
    """A finished file"""
    with transaction() as session:
        found = service.own(session, caller().user_id, export_id)
    return _stored(found)


@blueprint.post("/exports/<uuid:export_id>/link")
@keyed(blueprint, 404, 409)
@with_scope("read")
@blueprint.response(200, schemas.ExportLink)
def link_export(export_id: uuid.UUID) -> dict[str, Any]:
    """An address for a browser, good for one download within a minute"""
    now = clock.now()
    with transaction() as session:
        found = service.own(session, caller().user_id, export_id)
        service.refuse_unfinished(found)
        ticket = storage.issue_link(found, now)
    url = f"{current_app.config['TRP'].public_url}/api/exports/file?ticket={ticket}"
    return {"url": url, "expires_at": found.link_until}


@blueprint.get("/exports/file")
@refuses(blueprint, 404, 422)
@blueprint.arguments(schemas.LinkTicket, location="query")
@blueprint.doc(**_answers(*_FILES))
def download_by_link(query: dict[str, str]) -> Response:
    """A finished file, by an address made with POST /api/exports/{export_id}/link"""
    with transaction() as session:
        found = storage.use_link(session, query["ticket"], clock.now())
    if found is None:
        raise NotFound("link_not_valid", "This link was used, or is too old. Ask for a new one.")
    return _stored(found)


def _stored(found: Export) -> Response:
    service.refuse_unfinished(found)
    form = making.FORMS[making.Kind(found.kind)]
    contents = storage.content(found, transaction)
    answer = _file(contents, form.media_type, service.file_name(found))
    answer.content_length = found.size or 0
    answer.set_etag(found.sha256 or "")
    return answer


def _file(contents: Iterator[bytes], media_type: str, name: str) -> Response:
    charset = "; charset=utf-8" if media_type == formats.CSV_TYPE else ""
    answer = Response(contents, content_type=f"{media_type}{charset}")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer

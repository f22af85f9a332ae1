"""Letting requests meet the faults that are set: before they are served, or in their answers."""

import socket
import time
from contextlib import suppress

from flask import Flask, Response, g, jsonify, request

from .alpaca import market
from .faults import BEFORE, Fault
from .stripe.refusals import broken
from .websocket import Ended


def watch(app: Flask) -> None:
    """Every request of this application, but those to /sandbox."""
    app.before_request(_before)
    app.after_request(_after)


def _before() -> Response | None:
    if request.path.startswith("/sandbox"):
        return None
    fault = market().faults.take(request.method, request.path)
    if fault is None or fault.kind not in BEFORE:
        g.fault = fault
        return None
    if fault.kind == "hang":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "drop":
        return _dropped()
    return _failed(fault, is_html=fault.kind == "html")


def _after(response: Response) -> Response:
    fault: Fault | None = g.get("fault")
    if fault is None:
        return response
    if fault.kind == "hang_after":
        time.sleep(fault.seconds)
    elif fault.kind == "drop_after":
        return _dropped()
    elif fault.kind == "status_after":
        return _failed(fault, is_html=False)
    elif fault.kind == "html_after":
        return _failed(fault, is_html=True)
    elif fault.kind == "reworded":
        _reword(response)
    elif fault.kind == "late_fills":
        shown = (response.get_json(silent=True) or [])[: fault.keep]
        response.set_data(jsonify(shown).get_data())
    elif fault.kind in ("unknown_status", "null_submitted_at"):
        _bend(response, fault.kind)
    return response


def _failed(fault: Fault, *, is_html: bool) -> Response:
    if is_html:
        return Response("<html><body>Bad Gateway</body></html>", fault.status, mimetype="text/html")
    response = jsonify(message="the sandbox was told to fail")
    if request.path.startswith("/stripe/"):
        response = jsonify(broken(fault.status))
    response.status_code = fault.status
    if fault.status == 429:
        told = {"Limit": "200", "Remaining": "0", "Reset": str(int(time.time()) + 60)}
        response.headers.update({f"X-RateLimit-{name}": value for name, value in told.items()})
    return response


def _dropped() -> Response:
    """The connection ends without an answer."""
    found = request.environ.get("gunicorn.socket") or request.environ["werkzeug.socket"]
    with suppress(OSError):
        found.shutdown(socket.SHUT_RDWR)
    return Ended()


def _reword(response: Response) -> None:
    """The same refusal in other words: a venue may change its sentences on any day."""
    answer = response.get_json(silent=True)
    if isinstance(answer, dict) and "message" in answer:
        answer["message"] = "this is said in other words now"
        response.set_data(jsonify(answer).get_data())


def _bend(response: Response, kind: str) -> None:
    """Change an order in the answer; every order, if it is a list of them."""
    answer = response.get_json(silent=True)
    for order in answer if isinstance(answer, list) else [answer]:
        if isinstance(order, dict) and "client_order_id" in order:
            if kind == "unknown_status":
                order["status"] = "pending_review_by_desk"
            else:
                order["submitted_at"] = None
    response.set_data(jsonify(answer).get_data())

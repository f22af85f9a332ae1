"""Whatever a client sends: no failure of ours, no answer that the OpenAPI file does not promise.

Schemathesis makes the requests of each operation from the file: the bounds of every field, what
lies just beyond them, methods and media types nobody asked for, and some at random; the same ones
in every run.
"""

import hashlib
from itertools import count
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from tests.factories import SECRET, headers_for
from tests.security.conftest import Call, Owner
from tests.security.operations import DESCRIBED, OPERATIONS, Operation
from tradingrobotplug import db
from tradingrobotplug.models import Bot, User

EXAMPLES = 5
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
ADDRESSES = count(1)


def promised() -> dict[str, Any]:
    """The file without its `default` answers, which would promise every status."""
    paths = {
        path: {method: _by_name(what) for method, what in methods.items()}
        for path, methods in DESCRIBED["paths"].items()
    }
    return DESCRIBED | {"paths": paths}


def _by_name(what: Any) -> Any:
    if "responses" not in what:
        return what
    return what | {"responses": {k: v for k, v in what["responses"].items() if k != "default"}}


def _configuration() -> SchemathesisConfig:
    # Names in a query that no operation knows are left aside, as is usual: not a finding.
    generation = GenerationConfig(
        deterministic=True, max_examples=EXAMPLES, allow_extra_parameters=False
    )
    project = ProjectConfig(generation=generation, base_url="http://localhost")
    return SchemathesisConfig(seed=1, projects=ProjectsConfig(default=project))


schema = schemathesis.openapi.from_dict(promised(), config=_configuration())


def with_ids_of(owner: Owner, case: Case) -> None:
    """Lead the case to what its sender has, unless it is about a path that can't be."""
    path = case.meta and case.meta.components.get(ParameterLocation.PATH)
    if path and path.mode.is_positive:
        given = case.path_parameters or {}
        case.path_parameters = {name: owner.ids.get(name, given[name]) for name in given}


def another_address() -> dict[str, str]:
    """A client nobody has seen: the limits per address are not what should answer."""
    n = next(ADDRESSES)
    return {"REMOTE_ADDR": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}


@pytest.fixture
def sender(owner: Owner) -> Owner:
    """An owner who gets in everywhere: an administrator, with the secret of the bot's address."""
    with db.transaction() as session:
        session.get_one(User, owner.user.id).role = "admin"
        bot = session.get_one(Bot, owner.ids["bot_id"])
        bot.secret_hash = hashlib.sha256(SECRET.encode()).hexdigest()
    owner.ids["secret"] = SECRET
    return owner


@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_o2_no_request_gets_an_answer_that_is_not_described(
    case: Case, app: Flask, sender: Owner
) -> None:
    with_ids_of(sender, case)
    # A new session each time: some operations end the one they are called in.
    headers = headers_for(app, sender.user)
    answer = case.call(app=app, headers=headers, environ_overrides=another_address())
    assert answer.status_code < 500
    case.validate_response(answer, checks=CHECKS, headers=headers)  # raises what it finds


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_o2_what_is_asked_rightly_is_answered_as_described(
    operation: Operation, call: Call, owner: Owner
) -> None:
    described = schema[operation.path][operation.method]
    answer = call(operation, owner.ids, owner)
    assert str(answer.status_code) in described.definition.raw["responses"]
    described.validate_response(answer)  # raises what it finds

"""Whatever is sent, the public routes of accounts refuse it; none fails."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FIELDS = st.sampled_from(
    [
        "email",
        "password",
        "confirm_password",
        "username",
        "totp_code",
        "refresh_token",
        "assertion",
        "code",
        "name",
        "url",
        "public_key",
        "token",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
)


@pytest.mark.parametrize(
    "path",
    [
        *("auth/register", "auth/login", "auth/refresh", "sites/register", "sites/token"),
        *("auth/verify-email", "auth/password/reset"),
    ],
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(FIELDS, VALUES) | VALUES, address=st.ip_addresses().map(str))
def test_no_input_makes_a_public_route_fail(app: Flask, path: str, body: Any, address: str) -> None:
    origin = {"REMOTE_ADDR": address}
    answer = app.test_client().post(f"/api/{path}", json=body, environ_overrides=origin)
    assert 400 <= answer.status_code < 500


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60))
def test_no_token_makes_a_guarded_route_fail(app: Flask, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/users/me", headers=headers).status_code == 401

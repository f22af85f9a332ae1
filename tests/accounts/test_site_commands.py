"""`trp site` on the database of the tests."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tradingrobotplug import db
from tradingrobotplug.cli import main
from tradingrobotplug.config import Settings

from .test_sites import assertion, exchange, register


@pytest.fixture(autouse=True)
def environment(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """What the commands find in their environment; afterwards the tests' own connection is back."""
    monkeypatch.setenv("TRP_HOME", str(tmp_path))
    monkeypatch.setenv("TRP_MODE", "embedded")
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    yield
    db.connect(settings.database_url)


@pytest.mark.parametrize(
    ("options", "scopes"),
    [
        ([], ["act_for_users"]),
        (["--scope", "mailbox"], ["act_for_users", "mailbox"]),
        (["--scope", "mailbox", "--scope", "act_for_users"], ["act_for_users", "mailbox"]),
    ],
)
def test_a_code_from_the_command_line_has_the_scopes_asked_for(
    client: FlaskClient,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    scopes: list[str],
) -> None:
    assert main(["site", "add", *options]) == 0
    code = capsys.readouterr().out.split()[0]
    assert register(client, code).json["scopes"] == scopes


def test_a_site_is_listed_until_it_is_revoked(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["site", "add"])
    site_id = register(client, capsys.readouterr().out.split()[0]).json["site_id"]
    assert main(["site", "list"]) == 0
    listed = capsys.readouterr().out.split()
    assert (listed[0], listed[3:]) == (site_id, ["act_for_users", "https://blog.example", "Blog"])
    assert main(["site", "revoke", site_id]) == 0
    assert exchange(client, assertion(site_id)).status_code == 401
    capsys.readouterr()
    main(["site", "list"])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["x", str(uuid.UUID(int=1))])
def test_what_is_no_site_can_not_be_revoked(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["site", "revoke", name]) == 1
    assert "`trp site list` lists them" in capsys.readouterr().err

"""What can be said of the plugin's files without running them."""

import re
import subprocess
from pathlib import Path

import pytest

from .conftest import REPOSITORY, RUNNER

PLUGIN = REPOSITORY / "wordpress-plugin" / "trading-robot-service"
FILES = sorted(path for path in PLUGIN.rglob("*.php") if "node_modules" not in path.parts)
MOST_LINES = 300
CALLS = re.compile(r"wp_(?:safe_)?remote_(?:get|post|head|request)\(|curl_init\(|fsockopen\(")


@pytest.mark.site
def test_every_php_file_parses() -> None:
    result = subprocess.run(
        ["node", str(RUNNER / "lint.mjs")], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_a_file_is_short_and_cannot_be_opened_by_itself(file: Path) -> None:
    text = file.read_text()
    assert text.count("\n") <= MOST_LINES
    assert "defined( 'ABSPATH' ) || exit" in text or "defined( 'WP_UNINSTALL_PLUGIN' )" in text


def test_p5_one_file_calls_the_network() -> None:
    calling = [path.name for path in FILES if CALLS.search(path.read_text())]
    assert calling == ["class-api-client.php"]


def test_p1_every_route_states_who_may_call_it() -> None:
    routes = [path.read_text() for path in (PLUGIN / "api").glob("*.php")]
    registered = sum(text.count("register_rest_route(") for text in routes)
    assert registered > 0
    assert sum(text.count("'permission_callback'") for text in routes) == registered


def test_the_translation_template_is_current() -> None:
    result = subprocess.run(
        ["node", str(RUNNER / "make-pot.mjs"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr

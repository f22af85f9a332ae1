"""The plugin's scripts: their pure parts, and that what is served was built from the sources."""

import shutil
import subprocess
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[2] / "wordpress-plugin" / "trading-robot-service"

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def packages() -> None:
    assert shutil.which("npm"), "Node.js with npm is needed for the plugin's scripts"
    if not (PLUGIN / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=PLUGIN, check=True)


def test_the_pure_parts_pass_and_the_build_is_up_to_date(packages: None) -> None:
    run = subprocess.run(["npm", "test"], cwd=PLUGIN, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr

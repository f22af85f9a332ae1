"""Runs a few lines of PHP inside the real WordPress and gives back what they answer."""

import json
import secrets
import urllib.request
from pathlib import Path
from typing import Any

_FRAME = """<?php
{before}
require __DIR__ . '/wp-load.php';
header( 'Content-Type: application/json' );
echo wp_json_encode( ( static function () {{
{code}
}} )() );
"""


def run(site_url: str, files: Path, code: str, before: str = "") -> Any:
    """What `code` returns; `before` stands before WordPress is loaded.

    The lines are a script of the site for as long as they run.
    """
    script = files / f"probe-{secrets.token_hex(8)}.php"
    script.write_text(_FRAME.format(before=before, code=code))
    try:
        with urllib.request.urlopen(f"{site_url}/{script.name}", timeout=60) as answer:
            return json.loads(answer.read())
    finally:
        script.unlink()

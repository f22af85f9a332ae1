"""Answers that the real backend gives only in states which are slow to bring about."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PLUGIN = """<?php
add_filter( 'pre_http_request', static function ( $answer, $sent, $url ) {
    $given = json_decode( file_get_contents( __DIR__ . '/answers.json' ) );
    $path  = (string) wp_parse_url( $url, PHP_URL_PATH );
    if ( ! isset( $given->{$path} ) ) {
        return $answer;
    }
    $asked = array( 'path' => $path, 'body' => json_decode( (string) $sent['body'], true ) );
    file_put_contents( __DIR__ . '/asked.jsonl', wp_json_encode( $asked ) . "\\n", FILE_APPEND );
    return array(
        'response' => array( 'code' => $given->{$path}[0], 'message' => '' ),
        'headers'  => array( 'x-request-id' => 'request-of-the-test' ),
        'body'     => wp_json_encode( $given->{$path}[1] ),
        'cookies'  => array(),
    );
}, 10, 3 );
"""


class StandIn:
    """What was asked of the addresses that are answered in the backend's place."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "asked.jsonl"

    @property
    def asked(self) -> list[dict[str, Any]]:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [json.loads(line) for line in lines]


@contextmanager
def answering(files: Path, answers: dict[str, tuple[int, Any]]) -> Iterator[StandIn]:
    """The site gets these answers, a status and a JSON body by path, instead of the backend's."""
    folder = files / "wp-content" / "mu-plugins"
    folder.mkdir(exist_ok=True)
    made = [folder / name for name in ("stand-in.php", "answers.json", "asked.jsonl")]
    made[1].write_text(json.dumps(answers))
    made[0].write_text(_PLUGIN)
    try:
        yield StandIn(folder)
    finally:
        for path in made:
            path.unlink(missing_ok=True)

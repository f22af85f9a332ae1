"""gunicorn, set up here rather than by its command line."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from .. import memory


class _OurLog(Logger):  # type: ignore[misc]
    """gunicorn's own lines go the way of all others, secrets redacted. Requests are not logged:
    their paths carry the webhook secrets."""

    def setup(self, _settings: Any) -> None:
        self.error_log = logging.getLogger("gunicorn.error")
        self.error_log.setLevel(logging.WARNING)
        self.error_log.propagate = True  # gunicorn has cut it off from the handler that redacts
        self.access_log = logging.getLogger("gunicorn.access")
        self.access_log.disabled = True

    def access(self, *_: Any) -> None:
        return


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, application: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._application, self._options = application, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._application()


def serve(application: Callable[[], Flask], address: str, threads: int, name: str) -> None:
    """Serve the application in one process with threads until SIGTERM."""
    options = {
        "bind": address,
        "workers": 1,
        "worker_class": "gthread",
        "threads": threads,
        "timeout": 60,
        "graceful_timeout": 3,
        "keepalive": 75,
        "logger_class": _OurLog,
        "accesslog": None,
        "proc_name": name,
        # It would lie under the user's home, where two instances meet.
        "control_socket_disable": True,
        "post_worker_init": lambda _worker: memory.settle(),
    }
    _Server(application, options).run()

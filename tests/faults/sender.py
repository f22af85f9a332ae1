"""Sends alerts as TradingView does: at a steady rate, again on an error, to whoever listens."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from tradingrobotplug.models import Bot

A_SECOND = 3
TIME_OUT_SECONDS = 3
AGAIN_AFTER_SECONDS = 1  # TradingView waits five
TRIES = 4


@dataclass(frozen=True, slots=True)
class Post:
    """One attempt that was answered: by which port, and from when to when (monotonic)."""

    port: int
    began: float
    ended: float
    status: int


@dataclass(slots=True)
class Sender:
    """`port` names the API for the next attempt. `accepted`: the alerts that got their 200."""

    secret: str
    port: Callable[[], int]
    accepted: set[str] = field(default_factory=set)
    posts: list[Post] = field(default_factory=list)
    unanswered: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, bots: list[Bot], alert: Callable[[int], dict[str, str]], total: int) -> None:
        """So many alerts at a steady rate, one bot after the other; waits for the last answer."""
        began = time.monotonic()
        with ThreadPoolExecutor(32) as pool:
            for number in range(total):
                time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
                bot = bots[number % len(bots)]
                pool.submit(self._deliver, bot, alert(number) | {"orderId": f"n{number}"})

    def _deliver(self, bot: Bot, alert: dict[str, str]) -> None:
        for _ in range(TRIES):
            if self._post(bot, alert):
                with self._lock:
                    self.accepted.add(alert["orderId"])
                return
            time.sleep(AGAIN_AFTER_SECONDS)

    def _post(self, bot: Bot, alert: dict[str, str]) -> bool:
        port, began = self.port(), time.monotonic()
        url = f"http://127.0.0.1:{port}/webhook/{bot.id}/{self.secret}"
        try:
            answer = requests.post(url, data=json.dumps(alert), timeout=TIME_OUT_SECONDS)
        except requests.RequestException:
            self.unanswered += 1
            return False
        with self._lock:
            self.posts.append(Post(port, began, time.monotonic(), answer.status_code))
        return answer.status_code == 200

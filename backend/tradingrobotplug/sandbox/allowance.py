"""So many requests a minute, counted for each account."""

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Count:
    """Where an account stands. `resets_at` in Unix seconds."""

    limit: int
    remaining: int  # -1: this request is one too many
    resets_at: int

    @property
    def headers(self) -> dict[str, str]:
        """As Alpaca tells them with every answer."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.remaining, 0)),
            "X-RateLimit-Reset": str(self.resets_at),
        }


@dataclass(slots=True)
class Allowance:
    """Fixed windows of a minute of real time, whatever the sandbox's clock says."""

    limit: int
    _used: dict[str, tuple[int, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, account: str) -> Count:
        """Count a request of this account."""
        minute = int(time.time()) // 60
        with self._lock:
            then, used = self._used.get(account, (minute, 0))
            used = used + 1 if then == minute else 1
            self._used[account] = (minute, used)
        return Count(self.limit, max(self.limit - used, -1), (minute + 1) * 60)

    def forget(self) -> None:
        """Everyone starts again."""
        with self._lock:
            self._used.clear()

"""How many requests an account's venue takes, shared by every process, with a reserve for exits.

A bucket of tokens in Redis, filled at a steady rate. Looking around must never use up what a
protective order needs, so polls stop early, entries a little later, and exits take the last one.
A watch stops before a poll does: it would take the last requests from those that book what it has
found, again and again.
While Redis is away each process counts for itself, at a part of the rate.
"""

import hashlib
import threading
import time
from enum import StrEnum

from redis.exceptions import RedisError

from .. import queues
from .broker import NotReached

# What is left untouched for those who are more important, as a share of the whole bucket.
_RESERVED = {"watch": 0.6, "poll": 0.4, "entry": 0.2, "exit": 0.0}
_ALONE = 0.25  # of rate and bucket: about so many processes may ask at once without Redis

_TAKE = """
local rate, burst, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local cost = tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local passed = math.max(0, now - (tonumber(kept[2]) or now))
local tokens = math.min(burst, (tonumber(kept[1]) or burst) + passed * rate)
local wait = 0
if tokens - cost >= reserve then
  tokens = tokens - cost
else
  wait = (reserve + cost - tokens) / rate
end
if cost == 0 then tokens, wait = 0, 0 end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens),
  'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000))
return string.format('%.6f', wait)
"""


class Purpose(StrEnum):
    """What a request is for. A watch asks what rests, a poll what became of an order or account."""

    WATCH = "watch"
    POLL = "poll"
    ENTRY = "entry"
    EXIT = "exit"


class Allowance:
    """Requests of one account: `burst` at once, and `per_second` of them come back each second.

    `account_key` may be a secret: only its hash leaves the process.
    """

    def __init__(self, account_key: str, per_second: float, burst: int) -> None:
        digest = hashlib.sha256(account_key.encode()).hexdigest()
        self._key = f"allowance:{digest[:32]}"
        self._rate, self._burst = per_second, float(burst)
        self._alone = _Bucket(per_second * _ALONE, max(burst * _ALONE, 1.0))

    def take(self, purpose: Purpose) -> None:
        """Use one request. NotReached, with the seconds to wait, if none is left for this."""
        wait = self._ask(cost=1, reserved=_RESERVED[purpose])
        if wait > 0:
            raise NotReached("The account's allowance of requests is used up.", wait)

    def empty(self) -> None:
        """The venue says that it was asked too often: everyone waits for the bucket to fill."""
        self._ask(cost=0, reserved=0)

    def _ask(self, cost: int, reserved: float) -> float:
        """Seconds to wait; 0 if the tokens were taken."""
        if not queues.is_away():
            try:
                terms = (self._rate, self._burst, _reserve(reserved, self._burst), cost)
                return float(queues.redis().eval(_TAKE, 1, self._key, *map(str, terms)))
            except RedisError:
                queues.note_trouble()
        return self._alone.take(time.monotonic(), cost, reserved)


def _reserve(share: float, burst: float) -> float:
    """Tokens that stay; however small the bucket is, anyone may take from a full one."""
    return min(share * burst, burst - 1)


class _Bucket:
    """This process's own count; the same rules as the script's."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, 0.0
        self._lock = threading.Lock()

    def take(self, now: float, cost: int, reserved: float) -> float:
        """Seconds to wait; 0 if the tokens were taken. A cost of 0 empties it."""
        reserve = _reserve(reserved, self._burst)
        with self._lock:
            filled = self._tokens + (now - self._at) * self._rate
            self._tokens, self._at = min(self._burst, filled), now
            if cost == 0:
                self._tokens = 0.0
            elif self._tokens - cost < reserve:
                return (reserve + cost - self._tokens) / self._rate
            else:
                self._tokens -= cost
            return 0.0

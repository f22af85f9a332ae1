"""A load generator of its own process: keep-alive connections, raw sockets, one JSON line out.

python -m tests.bench.load '{"port": …, "targets": ["/webhook/…"], "connections": 16, …}'

"alert" changes what is asked for: {"symbol": "AAPL", "quantity": 1}.
"""

import asyncio
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

_run = secrets.token_hex(4)  # no alert repeats one of an earlier run
_numbers = count()


@dataclass(slots=True)
class Result:
    """What the connections saw."""

    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Door:
    """Where alerts go, and what they ask for."""

    port: int
    alert: dict[str, Any] = field(default_factory=dict)


def request_bytes(target: str, alert: dict[str, Any]) -> bytes:
    """One alert with an id of its own."""
    usual = {"action": "buy", "symbol": "BTC-USD", "quantity": 0.001}
    body = json.dumps(usual | alert | {"orderId": f"{_run}-{next(_numbers)}"}).encode()
    head = (
        f"POST {target} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client:
    """One keep-alive connection; opened again when the server closes it."""

    def __init__(self, door: Door, result: Result) -> None:
        self._door = door
        self._result = result
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, target: str, due: float | None = None) -> None:
        """Send one alert; the time counts from when it was due."""
        started = due if due is not None else time.perf_counter()
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._door.port)
        reader, writer = self._streams
        writer.write(request_bytes(target, self._door.alert))
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        self._result.milliseconds.append((time.perf_counter() - started) * 1000)
        self._result.refused += b" 200 " not in head[:16]
        if b"connection: close" in lower:
            writer.close()
            self._streams = None


async def flat_out(door: Door, targets: Sequence[str], connections: int, seconds: float) -> Result:
    """Every connection sends the next alert as soon as it has its answer."""
    result, turn = Result(), count()
    end = time.perf_counter() + seconds

    async def keep_sending() -> None:
        client = Client(door, result)
        while time.perf_counter() < end:
            await client.post(targets[next(turn) % len(targets)])

    await asyncio.gather(*(keep_sending() for _ in range(connections)))
    return result


async def at_rate(
    door: Door, targets: Sequence[str], connections: int, seconds: float, rate: float
) -> Result:
    """Alerts at fixed moments, whether or not earlier ones were answered."""
    result = Result()
    idle: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(connections):
        idle.put_nowait(Client(door, result))

    async def send(target: str, due: float) -> None:
        client = await idle.get()
        await client.post(target, due)
        idle.put_nowait(client)

    begin, pending = time.perf_counter(), []
    for number in range(int(seconds * rate)):
        due = begin + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        pending.append(asyncio.create_task(send(targets[number % len(targets)], due)))
    await asyncio.gather(*pending)
    return result


async def run(plan: dict[str, Any]) -> dict[str, float]:
    """Carry the plan out: accepts per second and the answer times' percentiles."""
    kind = at_rate if "rate" in plan else flat_out
    door = Door(plan.pop("port"), plan.pop("alert", {}))
    started = time.perf_counter()
    result = await kind(door, **plan)
    elapsed = time.perf_counter() - started
    times = sorted(result.milliseconds)
    return {
        "accepts_per_second": (len(times) - result.refused) / elapsed,
        "p50_ms": times[len(times) // 2],
        "p99_ms": times[int(len(times) * 0.99)],
        "slowest_ms": times[-1],
        "refused": result.refused,
    }


def load(**plan: Any) -> dict[str, float]:
    """Carry the plan out in a process of its own, so that it does not share ours."""
    command = [sys.executable, "-m", "tests.bench.load", json.dumps(plan)]
    output = subprocess.run(command, check=True, capture_output=True, cwd=ROOT, text=True).stdout
    result: dict[str, float] = json.loads(output)
    return result


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.loads(sys.argv[1])))))

"""A TCP proxy on loopback that does to its connections what networks do."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

Weather = Literal["fair", "refuse", "reset", "blackhole", "half-open", "latency", "lost answers"]
WEATHERS: tuple[Weather, ...] = (
    *("refuse", "reset", "blackhole", "half-open", "latency", "lost answers"),
)
LATENCY_SECONDS = 0.12
_RST = struct.pack("ii", 1, 0)  # SO_LINGER: on, no time: closing sends a reset


class Proxy:
    """Carries connections to `target`, an http:// or unix:// address, in the weather that is set.

    refuse: nobody listens. reset: connections are cut, new ones too. blackhole: bytes vanish.
    half-open: connections that are there carry nothing any more, and never end; new ones work.
    latency: every piece is late. lost answers: what is asked arrives, what is answered does not.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._weather: Weather = "fair"
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Listen on a free port, from a thread of this process."""
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._do(self._listen())

    def stop(self) -> None:
        """Cut everything."""
        self._do(self._cut())
        self._do(self._forget())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def be(self, weather: Weather) -> None:
        """From now on."""
        self._do(self._become(weather))

    def _do(self, work: "asyncio.coroutines.Coroutine[None, None, None]") -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _become(self, weather: Weather) -> None:
        self._weather = weather
        if weather in ("refuse", "reset"):
            await self._cut(listening=weather == "reset")
        elif self._server is None:
            await self._listen()
        for link in self._links:
            link.is_dead = link.is_dead or weather == "half-open"

    async def _cut(self, *, listening: bool = False) -> None:
        if self._server is not None and not listening:
            self._server.close()
            self._server = None
        for link in tuple(self._links):
            link.reset()

    async def _forget(self) -> None:
        carried = asyncio.all_tasks() - {asyncio.current_task()}
        for task in carried:
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(writer)
        if self._weather == "reset":
            return link.reset()
        self._links.add(link)
        try:
            there, back = await self._open()
        except OSError:
            self._links.discard(link)
            return link.reset()
        ways = (self._carry(link, reader, back, "ask"), self._carry(link, there, writer, "answer"))
        with contextlib.suppress(OSError):
            await asyncio.gather(*ways)
        self._links.discard(link)
        for end in (writer, back):
            end.close()
        return None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = urlsplit(self._target)
        if address.scheme == "unix":
            return await asyncio.open_unix_connection(address.path)
        return await asyncio.open_connection(address.hostname, address.port)

    async def _carry(
        self,
        link: "_Link",
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        way: Literal["ask", "answer"],
    ) -> None:
        while piece := await source.read(65536):
            if self._weather == "latency":
                await asyncio.sleep(LATENCY_SECONDS)
            if link.is_dead or self._weather == "blackhole":
                link.is_dead = True  # what has lost bytes must not speak again
            elif way == "answer" and self._weather == "lost answers":
                link.is_dead = True
            else:
                sink.write(piece)
                await sink.drain()
        sink.close()


class _Link:
    """One connection from the product. `is_dead`: it stays open and carries nothing."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.is_dead = False

    def reset(self) -> None:
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
        self._writer.transport.abort()


@contextmanager
def proxied(target: str) -> Iterator[Proxy]:
    """A running proxy."""
    proxy = Proxy(target)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()

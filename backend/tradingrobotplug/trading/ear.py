"""One account's stream of order updates, and the polls that it asks for."""

import asyncio
import logging
import random
import time
import uuid

from websockets.asyncio.client import connect

from .. import logs
from ..brokers.stream import OrderStream
from ..trading_accounts import access
from . import polling
from .polling import TakeIn
from .precedence import ROUNDS, after_signals

BEGIN_SECONDS = 10.0  # within which a stream is open and has begun
SILENT_SECONDS = 30.0  # a stream with heartbeats that says nothing for so long is dead
PING_SECONDS = 15.0  # between pings; an answer may take as long
GATHER_SECONDS = 0.1  # what is told of one order comes in a bunch, while its sender records it
AGAIN_SECONDS = {"busy": 0.5, "failed": 1.0}  # after a poll that came to nothing
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # seconds before it is connected again
_STEADY_SECONDS = 60.0  # a connection that held so long has made up for those before it

# At the level DEBUG websockets writes down every message, and the first one holds the keys.
_QUIET = logging.getLogger("trp.streams")
_QUIET.setLevel(logging.CRITICAL)


class Ear:
    """Connected as long as it runs; `is_open` while the venue tells it of orders."""

    def __init__(self, account_id: uuid.UUID, take_in: TakeIn) -> None:
        self.is_open = False
        self._account_id, self._take_in = account_id, take_in
        self._told = asyncio.Event()
        self._has_traded = False

    async def run(self) -> None:
        """Connect, again and again, until cancelled; or until the venue turns out to have no
        stream."""
        asking = asyncio.create_task(self._ask())
        try:
            await self._stay_connected()
        finally:
            asking.cancel()

    async def _ask(self) -> None:
        """A poll for what was told, one for all that is told meanwhile."""
        while True:
            await self._told.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._told.clear()
            has_traded, self._has_traded = self._has_traded, False
            asked = polling.ask(self._account_id, self._take_in, has_traded=has_traded)
            word = await asyncio.wrap_future(asked)
            if word != "done":  # requests are used up, something is away: nothing tells again
                self._has_traded |= has_traded
                self._told.set()
                await asyncio.sleep(AGAIN_SECONDS[word])

    async def _stay_connected(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            try:
                stream = await asyncio.to_thread(_stream_of, self._account_id)
                if stream is None:
                    return
                await self._hear(stream)
            except Exception as error:  # whatever broke it: nobody else would connect again
                reason = type(error).__name__  # its text is the venue's, or a stranger's
                logs.event("stream.lost", account_id=self._account_id, reason=reason)
            held = time.monotonic() - began > _STEADY_SECONDS
            failures = 0 if held else failures + 1
            await asyncio.sleep(_pause(failures))

    async def _hear(self, stream: OrderStream) -> None:
        """One connection to its end, which is always an exception."""
        opening = connect(
            stream.url,
            logger=_QUIET,
            open_timeout=BEGIN_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=1,
        )
        loop = asyncio.get_running_loop()
        try:
            async with opening as socket, asyncio.timeout(BEGIN_SECONDS) as patience:
                for words in await asyncio.to_thread(stream.opening):
                    await socket.send(words)
                while True:
                    heard = stream.hear(await socket.recv())
                    if heard.reply is not None:
                        await socket.send(heard.reply)
                    if heard.is_hint:  # the first one asks for what happened while it was closed
                        self.is_open = True
                        self._has_traded |= heard.of_trade
                        self._told.set()
                    if self.is_open:
                        patience.reschedule(loop.time() + SILENT_SECONDS if stream.beats else None)
        finally:
            self.is_open = False


def _stream_of(account_id: uuid.UUID) -> OrderStream | None:
    """NotReached if the account can't be opened."""
    after_signals(ROUNDS)
    return access.broker_of(account_id).stream()


def _pause(failures: int) -> float:
    """Seconds, twice as many after each failure, and never the same for all accounts of a venue
    that closed them all."""
    longest = min(FIRST_PAUSE * 2.0 ** min(failures, 20), LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1)  # nosec B311  # spreads load, no secret

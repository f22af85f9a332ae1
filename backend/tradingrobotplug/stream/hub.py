"""Who is connected, and the way of a hint from Redis to them."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Protocol

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from .. import live, logs
from .tickets import Holder

MOST_PER_USER = 5
MOST_WAITING = 200  # hints that a reader is behind before it is dropped
SILENT_SECONDS = 5.0  # then Redis is asked whether it is there
_RETRY_SECONDS = 1.0
_NOBODYS = live.channel("-")  # there is always one to wait at


class Peer(Protocol):
    """The other end, as far as the hub needs it."""

    def drop(self) -> None:
        """Cut it off at once."""

    def send_away(self) -> None:
        """Close it: there are no hints to be had at the moment."""


class Member:
    """One connection of a user, and what waits to be sent to it."""

    def __init__(self, holder: Holder, peer: Peer) -> None:
        self.holder, self.peer = holder, peer
        self.outbox: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)


class Hub:
    """Hands every hint to the connections of the user it is for, and asks Redis for no others: most
    users have no page open."""

    def __init__(self) -> None:
        self.is_fed = False  # whether Redis sends us hints
        self._hints: PubSub | None = None
        self._members: defaultdict[str, set[Member]] = defaultdict(set)

    @property
    def size(self) -> int:
        """How many are connected."""
        return sum(map(len, self._members.values()))

    async def join(self, member: Member) -> bool:
        """Add a connection; False if its user has as many as one may have."""
        channel = live.channel(member.holder.user_id)
        own = self._members[channel]
        if len(own) >= MOST_PER_USER:
            return False
        own.add(member)
        if len(own) == 1:  # a hint that came since it was expected has found nobody
            await self.expect(member.holder)
        return True

    async def expect(self, holder: Holder) -> None:
        """Have Redis send this user's hints from now on: a page that finds itself connected is
        told of all that follows."""
        if self._hints is not None:
            with suppress(RedisError, OSError):  # who feeds us notices, and sends everybody away
                await self._hints.subscribe(live.channel(holder.user_id))

    def leave(self, member: Member) -> None:
        """Forget a connection."""
        channel = live.channel(member.holder.user_id)
        self._members[channel].discard(member)
        if not self._members[channel]:
            del self._members[channel]

    async def feed(self, redis_url: str) -> None:
        """Carry hints until cancelled. While Redis is away everybody is sent away, since a page
        that polls knows more than one that waits for nothing."""
        while True:
            try:
                async with Redis.from_url(redis_url, socket_connect_timeout=2) as client:
                    await self._carry(client)
            except (RedisError, OSError) as error:
                logs.event("stream.starved", error=type(error).__name__)
            self.is_fed, self._hints = False, None
            for member in list(self._all()):
                member.peer.send_away()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _carry(self, client: Redis) -> None:
        is_asked = False
        async with client.pubsub() as hints:
            await hints.subscribe(_NOBODYS, *self._members)
            self._hints = hints
            while True:
                found = await hints.get_message(timeout=SILENT_SECONDS)
                if found is None:
                    if is_asked:
                        raise TimeoutError
                    await hints.ping()
                is_asked = found is None
                self.is_fed = True
                if found and found["type"] == "message":
                    await self._take(hints, found["channel"].decode(), found["data"].decode())

    async def _take(self, hints: PubSub, channel: str, text: str) -> None:
        if channel in self._members:
            self._deliver(channel, text)
            await asyncio.sleep(0)  # in a flood too, each is sent before the next comes
        elif channel != _NOBODYS:  # the last of its connections has gone
            await hints.unsubscribe(channel)

    def _deliver(self, channel: str, text: str) -> None:
        for member in list(self._members.get(channel, ())):
            try:
                member.outbox.put_nowait(text)
            except asyncio.QueueFull:
                logs.event("stream.reader_dropped", user_id=member.holder.user_id)
                self.leave(member)
                member.peer.drop()

    def _all(self) -> set[Member]:
        return set().union(*self._members.values())

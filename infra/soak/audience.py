"""Those who only look: readers, followers of the event feeds, and clients that leave in the middle."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from urllib.parse import urlsplit

from infra.soak.person import Person

PUBLIC = ("/v1/waste/catalogue/900-249-08", "/v1/permits/disclosure/permits", "/v1/permits/receipt-keys")
OWN = ("/v1/permits/permits", "/v1/permits/obligations", "/v1/permits/reports", "/v1/auth/me")
PAUSE_SECONDS = 0.1


class Reader:
    """Reads what anybody may read, which the gateway may keep, and its own records, which it may not.

    `times` holds the moment and the seconds of each read.
    """

    def __init__(self, person: Person, *, seed: int) -> None:
        self._person, self._random = person, random.Random(seed)  # noqa: S311 - chooses what to read
        self.times: list[tuple[float, float]] = []

    async def work(self, over: asyncio.Event) -> None:
        while not over.is_set():
            began = time.monotonic()
            await self._person.get(self._random.choice(PUBLIC + OWN))
            self.times.append((began, time.monotonic() - began))
            await asyncio.sleep(PAUSE_SECONDS)


class Follower:
    """Follows an event feed by long polls; an event must come once, and in the order of the feed."""

    def __init__(self, person: Person, feed: str) -> None:
        self._person, self._feed = person, feed
        self._seen: Counter[str] = Counter()

    async def work(self, over: asyncio.Event) -> None:
        position = 0
        while not over.is_set():
            answer = await self._person.call(
                "GET", self._feed, parameters={"after": position, "wait": 5, "limit": 500}
            )
            position = int(answer.headers["steppe-next-position"])
            self._seen.update(event["id"] for event in answer.json())

    async def faults(self) -> list[str]:
        doubled = [event for event, times in self._seen.items() if times > 1]
        return [f"{self._feed}: event {event} came more than once" for event in doubled]


class Leaver:
    """Opens connections and leaves: before an answer, in the middle of a body, in the middle of a long poll."""

    def __init__(self, gateway: str, *, seed: int) -> None:
        address = urlsplit(gateway)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        self._random = random.Random(seed)  # noqa: S311 - chooses when to leave

    async def work(self, over: asyncio.Event) -> None:
        while not over.is_set():
            try:
                await self._leave()
            except OSError:  # the gateway is being started again
                await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.sleep(self._random.random() / 5)

    async def _leave(self) -> None:
        _, writer = await asyncio.open_connection(self._host, self._port)
        head = f"HTTP/1.1\r\nHost: {self._host}\r\n"
        request = self._random.choice(
            (
                f"GET /v1/permits/disclosure/permits {head}\r\n",
                f"GET /v1/waste/catalogue {head}\r\n",
                f"POST /v1/permits/reports {head}Content-Type: application/json\r\nContent-Length: 999\r\n\r\n{{",
                "GET /v1/permits/dis",
            )
        )
        writer.write(request.encode())
        await writer.drain()
        await asyncio.sleep(self._random.random() / 20)
        writer.transport.abort()

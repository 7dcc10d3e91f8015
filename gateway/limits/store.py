"""A Redis or Valkey that several gateways count in, by the scripts of the `limits` library.

Whatever is asked while a round trip is under way goes into the next one: a call of its own for each request takes
more of the processor than the rest of the gateway does (decision 0019).
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any

from limits.aio.storage.redis.bridge import RedisBridge
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from gateway.limits.rules import Quota

ANSWER_SECONDS = 0.25
"""What a round trip may take."""
_AT_ONCE = 256
_PREFIX = "steppe:limits:"
_TAKE, _LOOK = RedisBridge.SCRIPT_ACQUIRE_SLIDING_WINDOW, RedisBridge.SCRIPT_SLIDING_WINDOW


class StoreAwayError(ConnectionError):
    """The store did not answer, or not in time."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the store says of a key; times in seconds."""

    taken: bool
    """False as well where only looked at."""
    previous: int
    current: int
    left: float
    """Until the present window ends."""


@dataclass(slots=True)
class _Asked:
    key: str
    quota: Quota
    take: bool
    answer: asyncio.Future[Counted]


class SharedStore:
    """One connection, one round trip at a time, each with all that is asked by then."""

    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._waiting: list[_Asked] = []
        self._sender: asyncio.Task[None] | None = None

    async def ask(self, key: str, quota: Quota, *, take: bool) -> Counted:
        """The counts of `key`, after one was taken where `take` and it fits. Raises StoreAwayError."""
        answer: asyncio.Future[Counted] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Asked(key, quota, take, answer))
        if self._sender is None:
            self._sender = asyncio.create_task(self._send())
        return await answer

    async def close(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
        _give_up(self._waiting)
        await self._client.aclose()

    async def _send(self) -> None:
        asked: list[_Asked] = []
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
                await self._round_trip(asked)
        finally:
            self._sender = None
            _give_up(asked)

    async def _round_trip(self, asked: list[_Asked]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                counted = await self._counted(asked)
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            _give_up(asked, repr(error))
            return
        for each, counts in zip(asked, counted, strict=True):
            if not each.answer.done():  # its request may have been cancelled
                each.answer.set_result(counts)

    async def _counted(self, asked: list[_Asked]) -> list[Counted]:
        commands = [command for each in asked for command in _commands(each)]
        answers = await self._execute(commands)
        missed = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if missed:
            # A store that was started anew. Others may load its scripts meanwhile: the rest has counted.
            for script in (_TAKE, _LOOK):
                await self._client.script_load(script.decode())
            again = await self._execute([commands[at] for at in missed])
            for at, answer in zip(missed, again, strict=True):
                answers[at] = answer
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        results = iter(answers)
        return [_read(each, next(results) if each.take else None, next(results)) for each in asked]

    async def _execute(self, commands: list[tuple[Any, ...]]) -> list[Any]:
        """The answers, or what each command failed with."""
        async with self._client.pipeline(transaction=False) as pipe:
            for command in commands:
                pipe.evalsha(*command)
            return await pipe.execute(raise_on_error=False)


def _commands(asked: _Asked) -> list[tuple[Any, ...]]:
    # In braces, so that both lie on one node of a cluster.
    current = f"{_PREFIX}{{{asked.key}}}"
    previous, window = f"{current}/-1", asked.quota.window
    look = (_SHA[_LOOK], 2, previous, current, window)
    return (
        [(_SHA[_TAKE], 2, previous, current, asked.quota.amount, window, 1), look] if asked.take else [look]
    )


def _give_up(asked: list[_Asked], reason: str = "closed") -> None:
    """Tells those who have no answer yet that there will be none."""
    for each in asked:
        if not each.answer.done():
            each.answer.set_exception(StoreAwayError(reason))


_SHA = {script: hashlib.sha1(script).hexdigest() for script in (_TAKE, _LOOK)}  # noqa: S324 - its name


def _read(asked: _Asked, taken: Any, counts: Any) -> Counted:
    """From the scripts' answers; a key that is not there has nil and a negative time to live (ms)."""
    previous, previous_ttl, current, current_ttl = counts
    # The present window's count is kept for the next one as well: it lives on for what is left and one window more.
    left = current_ttl / 1000 - asked.quota.window if current_ttl > 0 else previous_ttl / 1000
    return Counted(bool(taken), int(previous or 0), int(current or 0), max(0.0, left))

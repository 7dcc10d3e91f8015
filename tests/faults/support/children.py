"""Small processes of their own, forked from a server that has the libraries loaded, to be killed in mid-work."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import Any

import httpx
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from infra.local.processes import context, warm_up
from services.kit.consumers import Event, run
from services.kit.database import Database
from services.kit.sequencer import Sequencer, number_batch
from tests.faults.support.mortal import die
from tests.kit import effects

KILLED = -signal.SIGKILL


@contextmanager
def child(target: Any, *arguments: Any) -> Iterator[BaseProcess]:
    """Runs `target` (a function of a module) in a process of its own; killed at the end if it still lives."""
    warm_up()
    process = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


async def ended(process: BaseProcess) -> int | None:
    """Its exit code once it has ended."""
    await asyncio.to_thread(process.join, 300)
    return process.exitcode


def number_and_die(url: str, batch: int) -> None:
    """A sequencer that is killed when it has numbered a batch and not committed it."""

    async def work() -> None:
        async with Database(url, pool_size=1).engine.begin() as connection:
            if await number_batch(connection, batch=batch) != batch:
                raise AssertionError("there was less to number")
            die()

    asyncio.run(work())


def number_on(url: str) -> None:
    """The sequencer of a service, until it is killed."""
    asyncio.run(Sequencer(Database(url, pool_size=2), poll_seconds=0.001).run())


@dataclass(frozen=True)
class Consuming:
    """What a consumer process is to read, and at which position it is to die if not at our hand.

    It dies with the effect written and nothing committed, or as soon as the effect is committed.
    """

    url: str
    name: str
    feed: str
    token: str
    kinds: tuple[str, ...]
    dies_at: int | None = None
    dies_committed: bool = False
    pause: float = 0


def consume(order: Consuming) -> None:
    """A consumer, until it is killed."""

    async def handler(session: AsyncSession, event: Event) -> None:
        await effects.apply(session, event)
        await asyncio.sleep(order.pause)
        if int(event["sequence"]) == order.dies_at and order.dies_committed:
            sa.event.listen(session.sync_session, "after_commit", die)
        elif int(event["sequence"]) == order.dies_at:
            die()

    async def work() -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            reader = effects.consumer(
                order.name, client, order.feed, order.token, kinds=order.kinds, handler=handler
            )
            await run(Database(order.url, pool_size=2), reader, wait=1)

    asyncio.run(work())

"""The whole permits process is killed at random moments under clients that retry with their keys."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.faults.support.pair import Pair
from tests.faults.support.records import each, numbered_without_gap, records
from tests.faults.support.traffic import Client
from tests.support.town import Town

pytestmark = pytest.mark.stack
KILLS = 5


async def test_no_acknowledged_work_is_lost_and_none_is_doubled(
    pair: Pair, pair_town: Town, databases: dict[str, str]
) -> None:
    moment, over = random.Random(152501), asyncio.Event()
    clients = [Client(await pair_town.holder()) for _ in range(3)]
    bodies = [await client.holder.report() for client in clients]

    async def work(client: Client, body: dict[str, object]) -> None:
        await client.submit(body)
        while not over.is_set():
            await client.correct_last()

    async def kill_again_and_again() -> None:
        for _ in range(KILLS):
            done = sum(len(client.acknowledged) for client in clients)
            while sum(len(client.acknowledged) for client in clients) < done + 3:
                await asyncio.sleep(0.005)
            await asyncio.sleep(moment.random() / 10)
            pair.kill()
            await pair.restart()
        over.set()

    async with asyncio.timeout(300):
        await asyncio.gather(*map(work, clients, bodies), kill_again_and_again())
    for client in clients:
        assert [one["version"] for one in client.acknowledged] == list(range(1, len(client.acknowledged) + 1))
        await client.nothing_is_lost_or_doubled(databases["permits"])
        found = await records(databases["permits"], client.holder)
        assert found == each(len(client.acknowledged), reports=1)
    await numbered_without_gap(databases["permits"])

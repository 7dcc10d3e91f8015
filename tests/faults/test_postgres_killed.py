"""PostgreSQL itself is killed (kill -9 of its postmaster) under clients that retry: the services recover alone."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from infra.local.postgres import EmbeddedPostgres
from services.kit.migrations import ensure_current
from tests.faults.support.pair import Pair, running_pair
from tests.faults.support.records import each, numbered_without_gap, records
from tests.faults.support.traffic import Client
from tests.kit.feed_tools import FEED, SUBMITTED, ask
from tests.support.town import Town

pytestmark = pytest.mark.stack
PACKAGES = {"gateway": "gateway", "permits": "services.permits"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of its own with the settings of a real one: what it acknowledged, it has on disk."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("durable") / "postgres") as running:
        yield running


@pytest.fixture(scope="module")
def own_databases(server: EmbeddedPostgres) -> dict[str, str]:
    urls = {name: server.url(f"steppe_{name}") for name in PACKAGES}
    for name, package in PACKAGES.items():
        ensure_current(package, urls[name])
    return urls


@pytest.fixture(scope="module")
def own_pair(own_databases: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    home: Path = tmp_path_factory.mktemp("pair") / "home"
    with running_pair(home, own_databases) as running:
        yield running


@pytest.fixture(scope="module")
async def own_town(own_pair: Pair, own_databases: dict[str, str]) -> AsyncIterator[Town]:
    async with Town(own_pair.seen_from_a_town(own_databases)) as town:
        yield town


async def test_the_postmaster_is_killed_while_four_clients_submit(
    server: EmbeddedPostgres, own_pair: Pair, own_town: Town, own_databases: dict[str, str]
) -> None:
    process, permits = own_pair.pid, own_databases["permits"]
    clients = [Client(await own_town.holder()) for _ in range(4)]
    obligations = len(await clients[0].holder.obligations())
    bodies = [[await client.holder.report(index) for index in range(obligations)] for client in clients]
    reader = await own_town.staff("inspector")

    async def submit_all(client: Client, reports: list[dict[str, object]]) -> None:
        for body in reports:
            await client.submit(body)

    async def kill_in_the_middle() -> None:
        while sum(len(client.acknowledged) for client in clients) < 2 * len(clients):
            await asyncio.sleep(0.002)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        while server.pid is not None:
            await asyncio.sleep(0.01)
        for path in (FEED, "/v1/permits/reports"):
            answer = await reader.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        await asyncio.to_thread(server.start)

    async with asyncio.timeout(300):
        await asyncio.gather(*map(submit_all, clients, bodies), kill_in_the_middle())
    for client in clients:
        assert len(client.acknowledged) == obligations
        await client.nothing_is_lost_or_doubled(permits)
        assert await records(permits, client.holder) == each(obligations)
    await numbered_without_gap(permits)
    assert own_pair.pid == process
    assert own_pair.runs


async def test_afterwards_people_sign_in_and_waiting_readers_are_told(own_town: Town) -> None:
    """The gateway's pool, the sequencer and the listener have all found the new server by themselves."""
    holder = await own_town.holder()
    body = await holder.report()
    after = (await ask(holder.http, after=0, limit=1000))[1]
    waiting = asyncio.create_task(ask(holder.http, after=after, wait=20))
    submitted = await holder.post("/v1/permits/reports", body)
    assert submitted.status_code == 201
    events, _ = await waiting
    while SUBMITTED not in {event["type"] for event in events}:
        events, after = await ask(holder.http, after=int(events[-1]["sequence"]), wait=20)
    told = [
        event["subject"] for event in events if event["type"] == SUBMITTED
    ]  # a round may tell more in the same batch
    assert told == [f"/v1/permits/reports/{submitted.json()['report']['id']}"]

"""kill -9 of the emergency process in mid-reserve and under load: what was promised once is promised once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from infra.local.ports import free_port
from infra.process_table import PROCESSES
from services.kit.ids import new_id
from services.kit.signing import KeyRing
from tests.support.emergency import Response, ask, response_team
from tests.support.stack import TestStack
from tests.support.town import Town

pytestmark = pytest.mark.stack


@dataclass
class Victim:
    """A second emergency process on the stack's database, to be killed and started again at the same address."""

    stack: TestStack
    token: str
    process: subprocess.Popen[bytes] | None = None
    port: int = 0
    keys: str = field(default_factory=lambda: str(KeyRing.generate()))

    def start(self) -> None:
        environment = {
            **os.environ,
            "STEPPE_EMERGENCY_PORT": str(self.port),
            "STEPPE_EMERGENCY_DATABASE_URL": self.stack.databases["emergency"],
            "STEPPE_EMERGENCY_RECEIPT_KEYS": self.keys,
            "STEPPE_ISSUER": self.stack.shared.issuer,
            "STEPPE_JWKS_URL": self.stack.shared.jwks_url,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.cli", "serve", "emergency"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait() == -signal.SIGKILL

    def client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=20, trust_env=False
        )

    async def ready(self) -> None:
        async with asyncio.timeout(300), self.client() as http:
            while True:
                try:
                    if (await http.get("/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)

    async def post(self, path: str, body: Any, *, key: str) -> httpx.Response:
        async with self.client() as http:
            return await http.post(f"/v1/emergency/{path}", json=body, headers={"Idempotency-Key": key})

    async def post_until_answered(self, path: str, body: Any, *, key: str) -> httpx.Response:
        """As a client that never gives up: the same key until there is an answer."""
        while True:
            try:
                answer = await self.post(path, body, key=key)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code < 500:
                return answer
            await asyncio.sleep(0.05)


@pytest.fixture
async def team(town: Town) -> Response:
    return await response_team(town)


@pytest.fixture
async def victim(team: Response) -> AsyncIterator[Victim]:
    made = Victim(team.town.stack, team.duty.token)
    made.port = free_port(PROCESSES[:1])
    made.start()
    await made.ready()
    yield made
    made.kill()


@asynccontextmanager
async def audit_held(stack: TestStack) -> AsyncIterator[Any]:
    """Nobody can write an audit row within the block, so a reserve stops after its balances, before its commit."""
    engine = stack.apps["emergency"].state.kit.database.engine
    async with engine.connect() as connection:
        await connection.execute(sa.text("LOCK TABLE audit_log IN SHARE MODE"))
        yield connection
        await connection.rollback()


async def waits_for_audit(connection: Any) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'audit_log'::regclass AND NOT granted"
    return bool(await connection.scalar(sa.text(waiting)))


async def test_killed_in_mid_reserve_nothing_is_promised_and_a_retry_promises_it_once(
    team: Response, victim: Victim
) -> None:
    line = await team.stocked("5")
    incident, key = await team.new_incident(), str(new_id())
    body = {"incident_id": incident["id"], "lines": [ask(line, "5")]}
    async with audit_held(team.town.stack) as connection:
        lost = asyncio.create_task(victim.post("reservations", body, key=key))
        async with asyncio.timeout(30):
            while not await waits_for_audit(connection):
                assert not lost.done()
                await asyncio.sleep(0.02)
        victim.kill()
        with pytest.raises(httpx.TransportError):
            await lost
    depot = team.depot["code"]
    assert await team.balances(line) == {depot: ("5", "0", "5")}
    victim.start()
    await victim.ready()
    first = await victim.post_until_answered("reservations", body, key=key)
    again = await victim.post_until_answered("reservations", body, key=key)
    assert (first.status_code, again.text) == (201, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    assert await team.balances(line) == {depot: ("5", "5", "0")}
    assert (await team.proof())["balanced"] is True


async def test_killed_again_and_again_under_load_every_request_is_done_once(
    team: Response, victim: Victim
) -> None:
    line = await team.stocked("60")
    incidents = [await team.new_incident() for _ in range(3)]
    chance = random.Random(7)
    over = asyncio.Event()

    async def client(number: int) -> tuple[int, int]:
        """Reserves four units, four times, and sends each off; how many reservations and dispatches it has."""
        reserved = dispatched = 0
        for _ in range(4):
            body = {"incident_id": incidents[number % 3]["id"], "lines": [ask(line, "4")]}
            made = await victim.post_until_answered("reservations", body, key=str(new_id()))
            if made.status_code == 409:
                assert made.json()["code"] == "insufficient_stock"
                continue
            assert made.status_code == 201, made.text
            reserved += 1
            body = {"reservation_id": made.json()["id"], "depot_code": team.depot["code"]}
            sent = await victim.post_until_answered("dispatches", body, key=str(new_id()))
            assert sent.status_code == 201, sent.text
            dispatched += 1
        return reserved, dispatched

    async def killer() -> int:
        """How often it struck while there was work."""
        for kills in range(4):
            await asyncio.sleep(chance.uniform(0.02, 0.15))
            if over.is_set():
                return kills
            victim.kill()
            victim.start()
            await victim.ready()
        return 4

    killing = asyncio.create_task(killer())
    async with asyncio.timeout(300):
        counts = await asyncio.gather(*(client(number) for number in range(8)))
    over.set()
    assert await killing >= 2
    assert [sum(each) for each in zip(*counts, strict=True)] == [15, 15]
    assert await team.balances(line) == {"transit": ("60", "0", "0")}
    listed = [
        await team.duty.get("/v1/emergency/dispatches", incident_id=incident["id"]) for incident in incidents
    ]
    assert sum(len(answer.json()["items"]) for answer in listed) == 15
    assert (await team.proof())["balanced"] is True

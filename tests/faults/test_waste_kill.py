"""kill -9 of the waste process in mid-sign: nothing half done, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy.engine import make_url

from infra.local.ports import free_port
from infra.process_table import PROCESSES
from services.kit.ids import new_id
from services.kit.signing import KeyRing
from tests.support.stack import TestStack
from tests.support.town import Town
from tests.support.waste import Chain, Unit, WasteTown, done, plain_line

pytestmark = pytest.mark.stack


@pytest.fixture
def waste(town: Town) -> WasteTown:
    return WasteTown(town)


@dataclass
class Victim:
    """A waste process of its own on the stack's database; what is sent to it is sent past the gateway."""

    process: asyncio.subprocess.Process
    url: str

    async def post(self, caller: Unit, path: str, body: Any, *, key: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": key}
        async with httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False) as http:
            return await http.post(path, json=body, headers=headers)

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


@asynccontextmanager
async def victim(stack: TestStack) -> AsyncIterator[Victim]:
    port = free_port(PROCESSES[:1])
    environment = {
        **os.environ,
        "STEPPE_WASTE_DATABASE_URL": stack.databases["waste"],
        "STEPPE_WASTE_RECEIPT_KEYS": KeyRing.generate(),
        "STEPPE_WASTE_PORT": str(port),
        "STEPPE_ISSUER": stack.shared.issuer,
        "STEPPE_JWKS_URL": stack.shared.jwks_url,
        "STEPPE_GATEWAY_URL": stack.gateway,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "infra.cli",
        "serve",
        "waste",
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    made = Victim(process, f"http://127.0.0.1:{port}")
    try:
        await _ready(made)
        yield made
    finally:
        if process.returncode is None:
            await made.kill()


async def _ready(made: Victim) -> None:
    async with httpx.AsyncClient(base_url=made.url, trust_env=False, timeout=60) as http:
        for _ in range(6000):
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    pytest.fail("the waste process did not come up")


@asynccontextmanager
async def connected(stack: TestStack) -> AsyncIterator[asyncpg.Connection]:
    plain = make_url(stack.databases["waste"]).set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    try:
        yield connection
    finally:
        await connection.close()


async def until(connection: asyncpg.Connection, query: str, *values: object) -> None:
    """Waits until the query answers true."""
    for _ in range(4000):
        if await connection.fetchval(query, *values):
            return
        await asyncio.sleep(0.025)
    pytest.fail(f"never came true: {query}")


async def steps_of(chain: Chain, path: str) -> list[str]:
    return [step["step"] for step in (await chain.shipper.get(path)).json()["steps"]]


async def departures_told(chain: Chain, path: str) -> int:
    """How often the feed tells of it; a killed process cannot wake the sequencer, which then finds it by polling."""
    subjects: list[str] = []
    for _ in range(300):
        feed = await chain.shipper.get("/v1/waste/events", type="waste.manifest_departed.v1", limit=1000)
        subjects = [event["subject"] for event in feed.json()]
        if path in subjects:
            break
        await asyncio.sleep(0.1)
    return subjects.count(path)


LOCK_MANIFEST = "SELECT 1 FROM manifest WHERE id = $1 AND $2 <> '' FOR UPDATE"
LOCK_BUDGETS = """
    SELECT 1 FROM budget WHERE $1::uuid IS NOT NULL AND licence_group_id IN
        (SELECT g.id FROM licence_group g JOIN licence l ON l.id = g.licence_id WHERE l.licence_number = $2)
    FOR UPDATE
"""
WAITING = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def dies_waiting(
    stack: TestStack, chain: Chain, caller: Unit, path: str, body: Any, *, key: str, at: str
) -> None:
    """Sends a step to a process that is killed while it waits, within its transaction, for the rows locked by `at`."""
    manifest_id = path.split("/")[4]
    async with (
        victim(stack) as process,
        connected(stack) as watcher,
        connected(stack) as holder,
        holder.transaction(),
    ):
        await holder.execute(at, manifest_id, chain.licence_number)
        asked = asyncio.create_task(process.post(caller, path, body, key=key))
        await until(watcher, WAITING)
        await process.kill()
        with pytest.raises(httpx.TransportError):
            await asked


async def test_killed_in_mid_sign_nothing_is_signed_and_the_retry_signs_once(
    stack: TestStack, waste: WasteTown
) -> None:
    chain = await waste.chain()
    path, load, key = await chain.ready(plain_line(mass_kg="10")), chain.load(), str(new_id())
    sign = f"{path}/carrier-signature"
    await dies_waiting(stack, chain, chain.carrier, sign, load, key=key, at=LOCK_MANIFEST)
    assert await steps_of(chain, path) == ["submit", "sign_shipper"]
    signed = await chain.carrier.post(sign, load, key=key)
    assert done(signed)["manifest"]["state"] == "in_transit"
    assert "idempotency-replayed" not in signed.headers
    assert await steps_of(chain, path) == ["submit", "sign_shipper", "sign_carrier"]
    assert await departures_told(chain, path) == 1


async def test_killed_in_mid_submission_nothing_is_reserved_and_others_are_not_held_up(
    stack: TestStack, waste: WasteTown
) -> None:
    chain = await waste.chain(scale_kg="1000")
    path, other = (
        await chain.drafted(plain_line(mass_kg="600")),
        await chain.drafted(plain_line(mass_kg="600")),
    )
    submission = f"{path}/submission"
    await dies_waiting(stack, chain, chain.shipper, submission, None, key=str(new_id()), at=LOCK_BUDGETS)
    assert await steps_of(chain, path) == []
    assert (await chain.balance())["废矿物油"]["reserved_kg"] == "0"
    done(await chain.shipper.post(f"{other}/submission", None))
    assert (await chain.balance())["废矿物油"]["reserved_kg"] == "600"


# Makes the commit of one manifest's next step last long enough to kill the process within it.
SLOW_COMMIT = """
CREATE FUNCTION test_slow_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER test_slow_commit AFTER INSERT ON manifest_step DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.manifest_id = '{manifest_id}') EXECUTE FUNCTION test_slow_commit();
"""


async def test_killed_between_commit_and_answer_the_retry_gets_the_answer_that_was_lost(
    stack: TestStack, waste: WasteTown
) -> None:
    chain = await waste.chain()
    path = await chain.ready(plain_line(mass_kg="10"))
    load, key, manifest_id = chain.load(), str(new_id()), path.rpartition("/")[2]
    async with victim(stack) as process, connected(stack) as watcher:
        await watcher.execute(SLOW_COMMIT.format(manifest_id=manifest_id))
        try:
            asked = asyncio.create_task(
                process.post(chain.carrier, f"{path}/carrier-signature", load, key=key)
            )
            committing = (
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event = 'PgSleep' AND query ILIKE 'COMMIT%'"
            )
            await until(watcher, committing)
            await process.kill()
            with pytest.raises(httpx.TransportError):
                await asked
            again = await chain.carrier.post(f"{path}/carrier-signature", load, key=key)
        finally:
            await watcher.execute("DROP FUNCTION test_slow_commit CASCADE")
    assert done(again)["manifest"]["state"] == "in_transit"
    assert again.headers["idempotency-replayed"] == "true"
    assert await steps_of(chain, path) == ["submit", "sign_shipper", "sign_carrier"]
    assert await departures_told(chain, path) == 1

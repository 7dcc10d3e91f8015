"""A signature that waits for another step of the same report sees what that step left."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy.engine import make_url

from tests.support.town import Town

PATH, REPORTS = "/v1/permits/drafts", "/v1/permits/reports"
_WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%obligation%'
"""


@pytest.fixture
async def admin(town: Town) -> AsyncIterator[Any]:
    """A connection to the permits database beside the service."""
    url = make_url(town.stack.databases["permits"]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    yield connection
    await connection.close()


async def waits(
    admin: Any, request: Coroutine[Any, Any, httpx.Response], *, as_number: int
) -> asyncio.Task[httpx.Response]:
    """The request, once it waits for a lock behind `as_number - 1` others."""
    task = asyncio.create_task(request)
    async with asyncio.timeout(30):
        while await admin.fetchval(_WAITING) < as_number:
            assert not task.done()
            await admin.execute(
                "SELECT pg_stat_clear_snapshot()"
            )  # a transaction sees one state of the server
            await asyncio.sleep(0.01)
    return task


async def test_a_correction_that_waits_for_a_repudiation_answers_the_period_that_it_reopened(
    town: Town, admin: Any
) -> None:
    """条例 art. 22: the period is owed again, and the version that is signed then is what answers it."""
    holder = await town.holder()
    first = await holder.submitted()
    report, due = first["report"]["id"], first["report"]["obligation_id"]
    sent = {
        "obligation_id": due,
        "production_days": 79,
        "values": first["document"]["values"],
        "corrects": {"version": 1, "reason": "抄录有误"},
    }
    draft = (await holder.post(PATH, sent)).json()
    statement = {"version": 1, "statement": "账号被盗用，非本单位报送"}
    async with admin.transaction():
        await admin.execute("SELECT 1 FROM obligation WHERE id = $1 FOR UPDATE", uuid.UUID(due))
        repudiation = holder.post(f"{REPORTS}/{report}/repudiations", statement)
        repudiated = await waits(admin, repudiation, as_number=1)
        signature = holder.post(f"{PATH}/{draft['id']}/signature", {"version": draft["version"]})
        signed = await waits(admin, signature, as_number=2)
    assert (await repudiated).status_code == 201
    answer = await signed
    assert (answer.status_code, answer.json().get("version")) == (201, 2), answer.text
    owed = (await holder.get(f"/v1/permits/obligations/{due}")).json()
    assert (owed["state"], owed["report_id"], owed["repudiated_report_id"]) == ("reported", report, None)

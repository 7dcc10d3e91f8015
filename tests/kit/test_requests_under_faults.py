"""Requests whose database fails them: an honest answer, nothing done, and a retry that does it once."""

from __future__ import annotations

import asyncio
import json
import tempfile
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.kit import logs
from services.kit.database import Database
from tests.kit.feed_tools import FEED
from tests.support.locks import beside, until_it_waits
from tests.support.town import Holder, Town

REPORTS = "/v1/permits/reports"


@pytest.fixture
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture
async def admin(town: Town) -> AsyncIterator[Any]:
    """A connection to the permits database beside the service."""
    async with beside(town.stack.databases["permits"]) as connection:
        yield connection


async def blocked_post(
    admin: Any, holder: Holder, body: Any, key: str
) -> tuple[asyncio.Task[httpx.Response], int]:
    """A submission that waits for the lock of its obligation, which `admin` holds; and its server process."""
    await admin.execute("SELECT 1 FROM obligation WHERE id = $1 FOR UPDATE", uuid.UUID(body["obligation_id"]))
    task = asyncio.create_task(holder.post(REPORTS, body, key=key))
    found = await until_it_waits(admin, task, table="obligation")
    return task, found[0]


async def test_a_connection_lost_in_mid_request_is_answered_503_and_the_retry_does_it_once(
    admin: Any, holder: Holder
) -> None:
    body, key = await holder.report(), str(uuid.uuid4())
    async with admin.transaction():
        task, process = await blocked_post(admin, holder, body, key)
        await admin.execute("SELECT pg_terminate_backend($1)", process)
        answer = await task
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    again = await holder.post(REPORTS, body, key=key)
    assert again.status_code == 201
    assert "idempotency-replayed" not in again.headers
    assert len((await holder.get(REPORTS)).json()["items"]) == 1


async def test_a_statement_that_takes_too_long_is_answered_503(admin: Any, holder: Holder) -> None:
    body, key = await holder.report(), str(uuid.uuid4())
    async with admin.transaction():
        task, process = await blocked_post(admin, holder, body, key)
        await admin.execute(
            "SELECT pg_cancel_backend($1)", process
        )  # as the server does after statement_timeout
        assert (await task).status_code == 503
    assert (await holder.post(REPORTS, body, key=key)).status_code == 201


async def test_a_client_that_leaves_in_mid_request_takes_nothing_with_it(
    town: Town, admin: Any, holder: Holder
) -> None:
    """The service ends what it began: no connection, lock or half-done work is left, and the retry sees it."""
    body, key = await holder.report(), str(uuid.uuid4())
    pool = town.stack.apps["permits"].state.kit.database.engine.pool
    direct = await town.direct("permits", holder.token)
    impatient = Holder(direct, holder.account, holder.login, holder.token, holder.uscc)
    async with admin.transaction():
        task, _ = await blocked_post(admin, impatient, body, key)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    again = await holder.post(REPORTS, body, key=key)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    async with asyncio.timeout(60):
        while pool.checkedout():
            await asyncio.sleep(0.01)


async def test_more_requests_than_connections_wait_their_turn(town: Town, holder: Holder) -> None:
    answers = await asyncio.gather(*(holder.get("/v1/permits/obligations") for _ in range(60)))
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("path", [FEED, REPORTS, "/v1/permits/obligations"])
async def test_a_service_without_its_database_answers_503_and_recovers_by_itself(
    town: Town, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed holds no transaction while it waits, yet says no less than the other endpoints. The caller is not told
    why; the log is."""
    lines: list[str] = []
    monkeypatch.setattr(logs.writer, "_write", lines.append)
    reader, kit = await town.staff("inspector"), town.stack.apps["permits"].state.kit
    away = Database("postgresql+asyncpg://nobody@/nothing?host=/nonexistent", pool_size=1)
    with monkeypatch.context() as patch:
        patch.setattr(kit, "database", away)
        answer = await reader.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    logs.flush()
    told = [json.loads(line) for line in "".join(lines).splitlines()]
    causes = [each for each in told if each["event"] == "database_unavailable"]
    assert [(each["level"], each["route"]) for each in causes] == [("warning", path)]
    assert causes[0]["error"].startswith("FileNotFoundError")
    assert (await reader.get(path)).status_code == 200
    await away.close()


async def test_a_disk_that_fails_is_not_told_as_the_databases_absence(
    town: Town, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry would not help: it is a defect of the installation, and its log names it."""
    lines: list[str] = []
    monkeypatch.setattr(logs.writer, "_write", lines.append)
    pdf = b"%PDF-1.7\n" + bytes(3 * 1024 * 1024) + b"\n%%EOF\n"
    where = f"/v1/permits/attachments?uscc={holder.uscc}&name=layout.pdf"
    headers = {"content-type": "application/pdf"}
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", "/nonexistent")
        answer = await holder.http.post(
            where, content=pdf, headers={**headers, "Idempotency-Key": str(uuid.uuid4())}
        )
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    logs.flush()
    assert "database_unavailable" not in "".join(lines)
    assert "FileNotFoundError" in "".join(lines)


async def test_a_file_of_a_type_that_is_not_taken_is_refused_before_it_is_kept(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = f"/v1/permits/attachments?uscc={holder.uscc}&name=layout.txt"
    headers = {"content-type": "text/plain", "Idempotency-Key": str(uuid.uuid4())}
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", "/nonexistent")  # nothing can be kept
        answer = await holder.http.post(where, content=bytes(20 * 1024 * 1024), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert "application/pdf" in answer.json()["detail"]

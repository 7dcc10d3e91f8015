"""`Idempotency-Key`: required, checked, and a retry gets the stored answer instead of a second effect."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy.engine import make_url
from sqlmodel import select

from services.kit import clock
from services.kit.database import Database
from services.kit.idempotency import forget_before
from services.kit.pytest_plugin import MakeDatabase
from services.kit.sequencer import Sequencer
from services.kit.tables import IdempotencyRow
from tests.support.town import Holder, Town

REPORTS = "/v1/permits/reports"


@pytest.fixture
async def holder(town: Town) -> Holder:
    return await town.holder()


async def keys_of(town: Town, caller: str) -> list[str]:
    """Keys that the permits service keeps for one caller."""
    url = make_url(town.stack.databases["permits"]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        rows = await connection.fetch("SELECT key FROM idempotency_key WHERE caller = $1", caller)
        return [row["key"] for row in rows]
    finally:
        await connection.close()


async def reports_of(holder: Holder) -> list[Any]:
    items: list[Any] = (await holder.get(REPORTS)).json()["items"]
    return items


async def send(holder: Holder, body: Any, headers: list[tuple[str, str]]) -> httpx.Response:
    return await holder.http.post(REPORTS, json=body, headers=headers)


async def test_a_post_without_a_key_is_refused_and_does_nothing(holder: Holder) -> None:
    answer = await send(holder, await holder.report(), [])
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert await reports_of(holder) == []


@pytest.mark.parametrize(
    "keys",
    [[""], ["a b"], ["k" * 256], ["k\u00e9"], ["one", "two"]],
    ids=["empty", "space", "long", "é", "two"],
)
async def test_a_malformed_key_is_refused_and_does_nothing(
    town: Town, holder: Holder, keys: list[str]
) -> None:
    direct = await town.direct("permits", holder.token)
    headers = [(b"Idempotency-Key", key.encode("latin-1")) for key in keys]
    answer = await direct.post(REPORTS, json=await holder.report(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")
    assert await reports_of(holder) == []


@pytest.mark.parametrize("key", ["!", "~", "k" * 255, 'urn:x:"quoted"/+?'])
async def test_every_visible_ascii_key_of_1_to_255_characters_is_good(holder: Holder, key: str) -> None:
    answer = await holder.post(REPORTS, await holder.report(), key=key)
    assert answer.status_code == 201, answer.text


async def test_a_retry_gets_the_same_bytes_and_says_that_it_is_one(holder: Holder) -> None:
    body, key = await holder.report(), str(uuid.uuid4())
    first = await holder.post(REPORTS, body, key=key)
    again = await holder.post(REPORTS, body, key=key)
    assert (again.status_code, again.content) == (201, first.content)
    for name in ("location", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(await reports_of(holder)) == 1


@pytest.mark.parametrize("change", [{"production_days": 79}, {"production_days": "x"}, {"values": []}])
async def test_another_body_under_the_same_key_is_refused(holder: Holder, change: dict[str, Any]) -> None:
    body, key = await holder.report(), str(uuid.uuid4())
    first = await holder.post(REPORTS, body, key=key)
    assert first.status_code == 201
    other = await holder.post(REPORTS, {**body, **change}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await holder.post(REPORTS, body, key=key)).content == first.content


async def test_another_path_or_query_under_the_same_key_is_refused(holder: Holder) -> None:
    body, key = await holder.report(), str(uuid.uuid4())
    submitted = (await holder.post(REPORTS, body, key=key)).json()
    for path in (f"{REPORTS}?dry_run=1", f"{REPORTS}/{submitted['report']['id']}/versions"):
        other = await holder.post(path, body, key=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_refused_request_leaves_no_key_and_may_be_put_right_under_it(
    town: Town, holder: Holder
) -> None:
    body, key = await holder.report(), str(uuid.uuid4())
    refused = await holder.post(REPORTS, {**body, "values": body["values"][:1]}, key=key)
    assert refused.status_code == 422, refused.text
    assert await keys_of(town, str(holder.account)) == []
    assert (await holder.post(REPORTS, body, key=key)).status_code == 201
    assert await keys_of(town, str(holder.account)) == [key]


async def test_two_callers_may_use_the_same_key(town: Town, holder: Holder) -> None:
    other, key = await town.holder(), str(uuid.uuid4())
    answers = [await each.post(REPORTS, await each.report(), key=key) for each in (holder, other)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json()["report"]["uscc"] for answer in answers] == [holder.uscc, other.uscc]


async def test_a_stored_answer_is_for_its_caller_only(town: Town, holder: Holder) -> None:
    body, key = await holder.report(), str(uuid.uuid4())
    assert (await holder.post(REPORTS, body, key=key)).status_code == 201
    stranger = await (await town.holder()).post(REPORTS, body, key=key)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "obligation_not_found")


async def test_who_is_not_signed_in_or_not_allowed_stores_nothing(town: Town, holder: Holder) -> None:
    body, key, inspector = await holder.report(), str(uuid.uuid4()), await town.staff("inspector")
    public = await town.public.post(REPORTS, json=body, headers={"Idempotency-Key": key})
    assert public.status_code == 401
    assert (await inspector.post(REPORTS, body, key=key)).status_code == 403
    assert key not in await keys_of(town, str(inspector.account))


class TestPurge:
    @pytest.fixture
    async def database(self, make_database: MakeDatabase) -> AsyncIterator[Database]:
        """A database with a key of each age: 29, 30 and 31 days."""
        made = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=3)
        async with made.transaction() as session:
            session.add_all(
                IdempotencyRow(
                    caller="c", key=str(days), fingerprint="f", created_at=clock.now() - timedelta(days=days)
                )
                for days in (29, 30, 31)
            )
        yield made
        await made.close()

    async def _left(self, database: Database) -> list[str]:
        async with database.transaction() as session:
            return sorted((await session.exec(select(IdempotencyRow.key))).all())

    async def test_keys_older_than_the_moment_are_forgotten(self, database: Database) -> None:
        async with database.transaction() as session:
            await forget_before(session, clock.now() - timedelta(days=30, hours=1))
        assert await self._left(database) == ["29", "30"]

    async def test_the_sequencer_tidies_them_up(self, database: Database) -> None:
        tidying = asyncio.create_task(Sequencer(database, idempotency_days=30).run())
        try:
            async with asyncio.timeout(30):
                while await self._left(database) != ["29"]:
                    await asyncio.sleep(0.02)
        finally:
            tidying.cancel()
            await asyncio.gather(tidying, return_exceptions=True)

    async def test_after_the_purge_the_record_itself_refuses_a_second_submission(
        self, town: Town, holder: Holder
    ) -> None:
        body, key = await holder.report(), str(uuid.uuid4())
        assert (await holder.post(REPORTS, body, key=key)).status_code == 201
        url = make_url(town.stack.databases["permits"]).set(drivername="postgresql")
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        await connection.execute("DELETE FROM idempotency_key WHERE caller = $1", str(holder.account))
        await connection.close()
        late = await holder.post(REPORTS, body, key=key)
        assert (late.status_code, late.json()["code"]) == (409, "already_reported")

"""The permits process is killed around its commit: a retry with the same key gets one report, never none or two."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable

import httpx
import pytest

from tests.faults.support.pair import Pair
from tests.faults.support.records import REPORTS, each, fetch, numbered_without_gap, records
from tests.support.town import Town

pytestmark = pytest.mark.stack


@pytest.fixture(autouse=True)
async def alive_afterwards(pair: Pair) -> AsyncIterator[None]:
    yield
    await pair.recover()


async def is_lost(answer: Awaitable[httpx.Response]) -> bool:
    """Whether the client learns no more than that it does not know: 502, or half an answer that was cut."""
    try:
        return (await answer).status_code == 502
    except httpx.RemoteProtocolError:
        return True


@pytest.mark.parametrize("point", ["before_answer", "inside_answer"])
async def test_killed_between_commit_and_answer_the_retry_gets_the_stored_answer(
    pair: Pair, pair_town: Town, databases: dict[str, str], point: str
) -> None:
    holder, permits = await pair_town.holder(), databases["permits"]
    body, key = await holder.report(), str(uuid.uuid4())
    await pair.will_die(point)
    assert await is_lost(holder.post(REPORTS, body, key=key))
    assert await records(permits, holder) == each(1)  # it was durable before anybody heard of it
    await pair.restart()

    again = await holder.post(REPORTS, body, key=key)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    (kept,) = await fetch(permits, "SELECT id, version FROM report WHERE uscc = $1", holder.uscc)
    assert (again.json()["report"]["id"], again.json()["version"]) == (str(kept["id"]), kept["version"])
    (version,) = await fetch(
        permits, "SELECT receipt_jws FROM report_version WHERE report_id = $1", kept["id"]
    )
    assert again.json()["receipt"]["jws"] == version["receipt_jws"]
    assert (await holder.post(REPORTS, body, key=key)).content == again.content

    other_body = await holder.post(REPORTS, {**body, "production_days": 79}, key=key)
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    new_key = await holder.post(REPORTS, body)
    assert (new_key.status_code, new_key.json()["code"]) == (409, "already_reported")
    assert await records(permits, holder) == each(1)
    await numbered_without_gap(permits)


async def test_killed_before_the_commit_nothing_is_there_and_the_retry_does_it_once(
    pair: Pair, pair_town: Town, databases: dict[str, str]
) -> None:
    holder, permits = await pair_town.holder(), databases["permits"]
    body, key = await holder.report(), str(uuid.uuid4())
    await pair.will_die("before_commit")
    assert await is_lost(holder.post(REPORTS, body, key=key))
    assert await records(permits, holder) == each(0)
    await pair.restart()

    again = await holder.post(REPORTS, body, key=key)
    assert again.status_code == 201
    assert "idempotency-replayed" not in again.headers
    assert await records(permits, holder) == each(1)
    await numbered_without_gap(permits)


async def test_killed_before_the_commit_its_locks_are_free_for_others(
    pair: Pair, pair_town: Town, databases: dict[str, str]
) -> None:
    holder = await pair_town.holder()
    body = await holder.report()
    await pair.will_die("before_commit")
    assert await is_lost(holder.post(REPORTS, body))
    await pair.restart()
    with_a_new_key = await holder.post(REPORTS, body)
    assert with_a_new_key.status_code == 201, with_a_new_key.text
    assert await records(databases["permits"], holder) == each(1)

"""What tests of feeds and consumers share: making the permits service say something, and reading its feed."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from sqlalchemy import text

from services.kit.feed import MEDIA_TYPE, NEXT_HEADER
from tests.support.town import Holder, Town

FEED = "/v1/permits/events"
SUBMITTED = "permits.report_submitted.v1"
ACCEPTED = "permits.report_accepted.v1"

_COUNT = text("SELECT count(*) FILTER (WHERE position IS NULL), coalesce(max(position), 0) FROM event_log")


async def settled(town: Town) -> int:
    """The last position, once every event that is committed has its own."""
    while True:
        async with town.stack.apps["permits"].state.kit.database.engine.connect() as connection:
            waiting, last = (await connection.execute(_COUNT)).one()
        if not waiting:
            return int(last)
        await asyncio.sleep(0.02)


async def ask(client: httpx.AsyncClient, **params: Any) -> tuple[list[dict[str, Any]], int]:
    """One call of the feed: its events, and where to read on."""
    answer = await client.get(FEED, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    return answer.json(), int(answer.headers[NEXT_HEADER])


async def read_from(client: httpx.AsyncClient, after: int, *, limit: int = 100) -> list[dict[str, Any]]:
    """Everything behind a position that there is now, page by page."""
    events: list[dict[str, Any]] = []
    while True:
        found, following = await ask(client, after=after, limit=limit)
        events += found
        if following == after:
            return events
        after = following


async def accepted(town: Town, holder: Holder) -> str:
    """Has a report of this enterprise submitted and accepted (the second fact is public); the report's path."""
    path = f"/v1/permits/reports/{(await holder.submitted())['report']['id']}"
    reviewer = await town.staff("reviewer")
    decided = await reviewer.post(f"{path}/reviews", {"version": 1, "decision": "accept"})
    assert decided.status_code == 201, decided.text
    return path

"""What the permits database holds of one enterprise, and a client that does not give up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from sqlalchemy.engine import make_url

from tests.support.town import Caller, Holder

REPORTS = "/v1/permits/reports"

_COUNTS = """
    SELECT (SELECT count(*) FROM report WHERE uscc = $1) AS reports,
           (SELECT count(*) FROM report_version v JOIN report r ON r.id = v.report_id WHERE r.uscc = $1) AS versions,
           (SELECT count(*) FROM audit_log WHERE owner = $1 AND entity = 'report') AS audit_rows,
           (SELECT count(*) FROM event_log WHERE owner = $1 AND type LIKE 'permits.report%') AS events,
           (SELECT count(*) FROM idempotency_key WHERE caller = $2) AS keys
"""


@dataclass(frozen=True)
class Records:
    """How many rows of each kind there are."""

    reports: int
    versions: int
    audit_rows: int
    events: int
    keys: int


def each(count: int, *, reports: int | None = None) -> Records:
    """So many submissions, each whole and none twice; of `reports` where some of them are corrections."""
    return Records(count if reports is None else reports, count, count, count, count)


async def fetch(url: str, query: str, *values: Any) -> list[Any]:
    """Rows of a query on a connection of its own."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        return list(await connection.fetch(query, *values))
    finally:
        await connection.close()


async def records(url: str, holder: Holder) -> Records:
    """What the permits database at `url` holds of this enterprise and its account."""
    (row,) = await fetch(url, _COUNTS, holder.uscc, str(holder.account))
    return Records(**row)


async def event_positions(url: str) -> list[int | None]:
    rows = await fetch(url, "SELECT position FROM event_log ORDER BY position NULLS LAST")
    return [row["position"] for row in rows]


async def numbered_without_gap(url: str) -> None:
    """Returns once every event has its position; AssertionError where they are not 1, 2, 3 and so on."""
    while None in (positions := await event_positions(url)):
        await asyncio.sleep(0.05)
    assert positions == list(range(1, len(positions) + 1))


async def persist(caller: Caller, path: str, body: Any, *, key: str) -> httpx.Response:
    """Sends one request with one key again and again until somebody answers it."""
    while True:
        try:
            answer = await caller.post(path, body, key=key)
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            continue
        busy = answer.status_code == 409 and answer.json()["code"] == "busy"
        if answer.status_code not in (502, 503, 504) and not busy:
            return answer
        await asyncio.sleep(0.05)

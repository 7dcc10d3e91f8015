"""The event feed: `GET /v1/<service>/events?after=POSITION&wait=SECONDS`, CloudEvents 1.0 over HTTP.

Services, webhooks, mobile clients and other government systems read this one feed. Reading is a plain query by
position; LISTEN/NOTIFY only ends the wait early.
"""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import asyncpg
import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.engine import make_url
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import draining
from services.kit.auth import Principal, RowScope
from services.kit.reading import log_read, reads
from services.kit.routing import Authenticated
from services.kit.sequencer import CHANNEL
from services.kit.tables import EventRow
from services.kit.telemetry import log

MEDIA_TYPE = "application/cloudevents-batch+json"
NEXT_HEADER = "steppe-next-position"


class Doorbell:
    """One LISTEN connection per process, ringing for every reader that waits."""

    def __init__(self, url: str) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._rung = asyncio.Event()

    async def run(self) -> None:
        """Listens until cancelled; while the database is away, readers fall back to asking every second."""
        while True:
            try:
                connection = await asyncpg.connect(self._dsn)
                try:
                    await connection.add_listener(CHANNEL, lambda *_: self._ring())
                    while True:
                        await asyncio.sleep(5)
                        await connection.execute("SELECT 1", timeout=5)
                finally:
                    connection.terminate()  # at once: a close that waits and fails would hide a cancellation
            except Exception as error:  # whatever it was, this task must not end: nobody would start it again
                log.warning("doorbell_waits", error=error)
                await asyncio.sleep(1)

    def _ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def heard(self, seconds: float) -> None:
        """Returns when the bell rings or `seconds` have passed."""
        rung = self._rung
        try:
            await asyncio.wait_for(rung.wait(), min(seconds, 1.0))
        except TimeoutError:
            return


def visible_to(principal: Principal) -> sa.ColumnElement[bool]:
    """Which events a caller may see: bureau and systems all, an enterprise its own and the public ones."""
    rows: RowScope = principal.rows
    if rows.everything:
        return sa.true()
    return sa.or_(col(EventRow.public).is_(True), col(EventRow.owner).in_(rows.usccs))


async def read(
    session: AsyncSession, principal: Principal, *, after: int, limit: int, kinds: list[str] | None = None
) -> tuple[list[EventRow], int]:
    """Events after a position that the caller may see, and the position to read on from.

    The second value moves past events that were filtered out, so that a reader never reads them again.
    """
    end = (await session.exec(select(sa.func.coalesce(sa.func.max(EventRow.position), 0)))).one()
    wanted = select(EventRow).where(col(EventRow.position) > after, visible_to(principal))
    if kinds:
        wanted = wanted.where(col(EventRow.type).in_(kinds))
    found = list((await session.exec(wanted.order_by(col(EventRow.position)).limit(limit))).all())
    if len(found) == limit:
        return found, int(found[-1].position or after)
    last = int(found[-1].position or 0) if found else 0
    return found, max(after, int(end or 0), last)


def cloud_event(row: EventRow, *, source: str) -> dict[str, Any]:
    """One event in the JSON form of CloudEvents 1.0; `sequence` is its position in the feed."""
    event = {
        "specversion": "1.0",
        "id": str(row.id),
        "source": source,
        "type": row.type,
        "subject": row.subject,
        "time": row.occurred_at.isoformat(),
        "datacontenttype": "application/json",
        "sequence": str(row.position),
        "owner": row.owner,
        "traceparent": row.traceparent,
        "data": row.data,
    }
    return {name: value for name, value in event.items() if value is not None}


def _log(session: AsyncSession, request: Request, shown: list[EventRow]) -> None:
    if shown:
        owners = (row.owner for row in shown if row.owner is not None)
        log_read(
            session, request, enterprises=owners, records=(row.subject.rpartition("/")[2] for row in shown)
        )


def feed_router(service: str) -> APIRouter:
    """The feed endpoint of one service. It holds no transaction while it waits."""
    router = APIRouter(tags=["events"], route_class=Authenticated)
    source = f"/v1/{service}"

    @router.get(
        f"{source}/events",
        summary="事件流 Event feed",
        response_class=Response,
        responses={
            200: {
                "description": "A CloudEvents batch; `Steppe-Next-Position` is the `after` of the next call",
                "content": {MEDIA_TYPE: {"schema": {"type": "array", "items": {"type": "object"}}}},
            }
        },
    )
    async def events(
        request: Request,
        principal: Annotated[Principal, reads("events:read")],
        after: Annotated[
            int, Query(ge=0, lt=2**63, description="position of the last event already seen")
        ] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        wait: Annotated[
            int, Query(ge=0, le=30, description="seconds to wait where there is nothing new")
        ] = 0,
        type: Annotated[list[str] | None, Query(description="only these event types")] = None,  # noqa: A002
    ) -> Response:
        kit = request.app.state.kit
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            async with kit.database.transaction() as session:
                found, position = await read(session, principal, after=after, limit=limit, kinds=type)
                _log(session, request, [row for row in found if not row.public])
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0 or draining.begun() or await request.is_disconnected():
                batch = [cloud_event(row, source=source) for row in found]
                return Response(
                    json.dumps(batch, ensure_ascii=False),
                    media_type=MEDIA_TYPE,
                    headers={NEXT_HEADER: str(position), "cache-control": "no-store"},
                )
            await kit.doorbell.heard(left)

    return router

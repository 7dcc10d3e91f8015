"""Health of one process: alive (`/healthz`), and able to work (`/readyz`). Nothing of it names a host."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response

from services.kit import clock, draining
from services.kit.standing import consumer_standings, feed_standing

STARTED_AT = clock.now()
PATIENCE_SECONDS = 3.0


def health_router(*, version: str) -> APIRouter:
    """`version` is the installation's."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def ready(request: Request, response: Response) -> dict[str, Any]:
        said = await readiness(request.app.state.kit, version=version)
        if said["status"] != "ok":
            response.status_code = 503
        return said

    return router


async def readiness(kit: Any, *, version: str) -> dict[str, Any]:
    """What `/readyz` says: `status` is `ok`, `draining` or `unavailable`, with its reason.

    A service that works also says how its event log and its consumers stand.
    """
    about = {"service": kit.name, "version": version, "started_at": STARTED_AT.isoformat()}
    if draining.begun():  # it still answers, so that whoever balances has time to send requests elsewhere
        return {"status": "draining", **about}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            details = await _details(kit)
    except (OSError, sa.exc.SQLAlchemyError, TimeoutError):
        return {"status": "unavailable", "database": "unavailable", **about}
    reasons = kit.not_ready()
    return {"status": "unavailable" if reasons else "ok", "database": "ok", **about, **details, **reasons}


async def _details(kit: Any) -> dict[str, Any]:
    """How long the database took to answer; for a service also its event log and its consumers."""
    began = time.perf_counter()
    await kit.database.ready()
    took = {"database_ms": round((time.perf_counter() - began) * 1000, 1)}
    consumers = getattr(kit, "consumers", None)
    if consumers is None:  # the gateway has no event log
        return took
    async with kit.database.transaction() as session:
        return {
            **took,
            "feed": await feed_standing(session),
            "consumers": await consumer_standings(session, consumers),
        }

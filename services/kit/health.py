"""Health of one process: alive (`/healthz`), and able to work (`/readyz`)."""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response

from services.kit import draining


def health_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def ready(request: Request, response: Response) -> dict[str, Any]:
        kit = request.app.state.kit
        if draining.begun():  # it still answers, so that whoever balances has time to send requests elsewhere
            response.status_code = 503
            return {"status": "draining", "service": kit.name}
        try:
            await asyncio.wait_for(kit.database.ready(), 3)
        except (OSError, sa.exc.SQLAlchemyError, TimeoutError):
            response.status_code = 503
            return {"status": "unavailable", "service": kit.name, "database": "unavailable"}
        reasons = kit.not_ready()
        if reasons:
            response.status_code = 503
            return {"status": "unavailable", "service": kit.name, **reasons}
        return {"status": "ok", "service": kit.name, "database": "ok"}

    return router

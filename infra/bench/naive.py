"""The forwarder that most people write first, with FastAPI and httpx: the peer that the gateway must leave behind.

STEPPE_BENCH_SERVICE=http://127.0.0.1:9000 uvicorn infra.bench.naive:app
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request, Response

_HOP_BY_HOP = {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=os.environ["STEPPE_BENCH_SERVICE"]) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=_lifespan)


@app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def forward(request: Request, path: str) -> Response:
    """One shared client, so that connections are kept alive; everything else as it comes to hand."""
    client: httpx.AsyncClient = request.app.state.client
    answer = await client.request(
        request.method,
        f"/{path}",
        params=request.query_params,
        headers={k: v for k, v in request.headers.items() if k not in _HOP_BY_HOP},
        content=await request.body(),
    )
    headers = {k: v for k, v in answer.headers.items() if k not in _HOP_BY_HOP}
    return Response(answer.content, status_code=answer.status_code, headers=headers)

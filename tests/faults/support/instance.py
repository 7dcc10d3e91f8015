"""One of several instances of a service: a process of its own that takes a moment and says who it is."""

from __future__ import annotations

import asyncio
import os
import random

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.gateway.rig import answer


def create_app() -> ASGIApp:
    name = str(os.getpid()).encode()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            while (await receive()).get("more_body"):
                pass
            await asyncio.sleep(random.random() / 50)
            await answer(send, name, status=201 if scope["method"] == "POST" else 200)

    return app


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})

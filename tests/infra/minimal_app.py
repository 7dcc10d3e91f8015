"""The smallest ASGI application that the supervisor can look after: it tells who it is and what it sees."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from uuid_utils.compat import uuid7

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def create_app() -> Callable[..., Awaitable[None]]:
    return answer


def stubborn() -> Callable[..., Awaitable[None]]:
    """Takes a minute to shut down."""

    async def answer_slowly(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send, linger=60)
        else:
            await answer(scope, receive, send)

    return answer_slowly


def broken() -> Callable[..., Awaitable[None]]:
    raise RuntimeError("this application has no database")


async def answer(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send, linger=0)
        return
    facts = {
        "pid": os.getpid(),
        "session": os.getsid(0),
        "environment": {name: value for name, value in os.environ.items() if name.startswith("STEPPE_")},
        "uuid": str(uuid7()),
    }
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(facts).encode()})


async def _live(receive: Receive, send: Send, *, linger: float) -> None:
    while True:
        message = await receive()
        sys.stdout.write(f"{message['type']} {time.time()}\n")
        if message["type"] == "lifespan.shutdown":
            await asyncio.sleep(linger)
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "lifespan.startup.complete"})

"""The gateway's own endpoints that call services: a client that leaves takes the calls with it.

The proxy does this for what it passes on (`gateway.client`). Here it is asked for, call by call: work that holds a
database session is not to be cut in the middle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request, Response

from gateway.client import ClientGone

T = TypeVar("T")
CLIENT_CLOSED_REQUEST = 499
"""nginx's status for the log; nobody is there to read it."""


async def while_there(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns. Cancels it and raises ClientGone once the client has left. The request has no body."""
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientGone
    finally:
        for each in (task, gone):
            each.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def on_client_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=CLIENT_CLOSED_REQUEST)

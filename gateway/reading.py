"""Reading a whole, small answer of a service, for the gateway's own endpoints. The proxy streams instead."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from gateway.upstream import BrokenAnswerError, Request, Upstream
from services.kit.problems import Problem

log = logging.getLogger(__name__)

MAX_BYTES = 8 * 1024 * 1024
Headers = list[tuple[str, str]]
Said = tuple[int, dict[str, Any]]
"""Status and JSON object."""


async def ask(
    name: str,
    upstream: Upstream,
    path: bytes,
    *,
    seconds: float,
    query: bytes = b"",
    headers: Headers | None = None,
    level: int = logging.WARNING,
) -> Said | None:
    """What service `name` answers to a GET; None, and a line in the log, where it gives no answer in time."""
    try:
        async with asyncio.timeout(seconds):
            return await _read(upstream, path, query=query, headers=headers)
    except (Problem, BrokenAnswerError, OSError, ValueError) as error:  # TimeoutError is an OSError
        log.log(level, "%s: no answer to %s: %r", name, path.decode("ascii").rpartition("/")[2], error)
        return None


async def _read(
    upstream: Upstream, path: bytes, *, query: bytes = b"", headers: Headers | None = None
) -> Said:
    """Status and JSON object of a GET; ValueError for an answer that is too long or no JSON object."""
    response = await upstream.send(Request("GET", path, query, headers or [], None))
    try:
        pieces = [await response.read()]
        while not response.finished:
            pieces.append(await response.read())
            if sum(map(len, pieces)) > MAX_BYTES:
                raise ValueError("too long")
        document = json.loads(b"".join(pieces))
        if not isinstance(document, dict):
            raise ValueError("no JSON object")
        return response.status, document
    finally:
        response.close()

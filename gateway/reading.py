"""Reading a whole, small answer of a service, for the gateway's own endpoints. The proxy streams instead."""

from __future__ import annotations

import json
from typing import Any

from gateway.upstream import Request, Upstream

MAX_BYTES = 8 * 1024 * 1024


async def read_json(
    upstream: Upstream, path: bytes, *, query: bytes = b"", headers: list[tuple[str, str]] | None = None
) -> tuple[int, dict[str, Any]]:
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

"""Files as enterprises send them."""

from __future__ import annotations

from typing import Any

import httpx

from services.kit.ids import new_id
from tests.support.town import Caller

PATH = "/v1/permits/attachments"
PDF = "application/pdf"
DRAWING = b"%PDF-1.7\n" + bytes(range(256)) * 3000
"""Of three pieces, the last of them not full."""


async def send(
    caller: Caller, content: Any, *, media_type: str = PDF, key: str | None = None, **query: str
) -> httpx.Response:
    headers = {"Content-Type": media_type, "Idempotency-Key": key or str(new_id())}
    return await caller.http.post(PATH, content=content, params={"name": "图.pdf", **query}, headers=headers)


async def sent(caller: Caller, uscc: str, content: bytes = DRAWING, **query: str) -> dict[str, Any]:
    answer = await send(caller, content, uscc=uscc, **query)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]

"""Files as request bodies: who may not send is told that, then a wrong type is refused, then it is read."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from services.kit.uploads import XLSX
from tests.support.town import Holder, Town

SMALL, LARGE = "/v1/permits/sheets/checks", "/v1/permits/attachments?uscc={uscc}&name=layout.pdf"
KINDS = pytest.mark.parametrize("path", [SMALL, LARGE], ids=["small", "large"])
ANSWER_SECONDS = 20.0


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


async def head_alone(town: Town, path: str, *fields: str) -> tuple[int, dict[str, Any]]:
    """What the service answers to the head of a request whose body does not come."""
    where = urlsplit(town.stack.urls["permits"])
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    lines = (f"POST {path} HTTP/1.1", f"Host: {where.netloc}", "Content-Length: 5000", *fields, "", "")
    try:
        writer.write("\r\n".join(lines).encode())
        async with asyncio.timeout(ANSWER_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
            assert length is not None
            body = await reader.readexactly(int(length[1]))
    finally:
        writer.close()
    return int(head.split()[1]), json.loads(body)


async def head_of(town: Town, holder: Holder, path: str, *fields: str) -> tuple[int, dict[str, Any]]:
    """`head_alone` of somebody who may send."""
    who = (f"Authorization: Bearer {holder.token}", f"Idempotency-Key: {uuid.uuid4()}")
    return await head_alone(town, path.format(uscc=holder.uscc), *who, *fields)


@KINDS
async def test_of_a_type_that_is_not_taken_nothing_is_read(town: Town, holder: Holder, path: str) -> None:
    status, problem = await head_of(town, holder, path, "Content-Type: text/html")
    assert (status, problem["code"]) == (415, "unsupported_media_type")
    assert problem["detail"]


@KINDS
async def test_of_a_packed_file_nothing_is_read(town: Town, holder: Holder, path: str) -> None:
    kind = "application/pdf" if path == LARGE else XLSX
    status, problem = await head_of(town, holder, path, f"Content-Type: {kind}", "Content-Encoding: gzip")
    assert (status, problem["code"]) == (415, "unsupported_media_type")
    assert "Content-Encoding" in problem["detail"]


@KINDS
async def test_who_may_not_send_is_told_that_before_the_type_is_refused(
    town: Town, holder: Holder, path: str
) -> None:
    where, clerk = path.format(uscc=holder.uscc), await town.staff("clerk")
    html = ("Content-Type: text/html", f"Idempotency-Key: {uuid.uuid4()}")
    status, problem = await head_alone(town, where, *html)
    assert (status, problem["code"]) == (401, "unauthorized")
    status, problem = await head_alone(town, where, "Authorization: Bearer nonsense", *html)
    assert (status, problem["code"]) == (401, "unauthorized")
    status, problem = await head_alone(town, where, f"Authorization: Bearer {clerk.token}", *html)
    assert (status, problem["missing_scopes"]) == (403, ["permits:file"])


@KINDS
async def test_a_refused_type_leaves_the_idempotency_key_to_the_right_one(
    town: Town, holder: Holder, path: str
) -> None:
    direct = await town.direct("permits", holder.token)
    where, key = path.format(uscc=holder.uscc), str(uuid.uuid4())

    async def sent(media_type: str, content: bytes) -> httpx.Response:
        headers = {"Content-Type": media_type, "Idempotency-Key": key}
        return await direct.post(where, content=content, headers=headers)

    right, content = (
        ("application/x-ndjson", b"{}\n")
        if path == SMALL
        else ("application/pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    )
    assert (await sent("text/html", content)).status_code == 415
    first = await sent(right, content)
    assert first.is_success, first.text
    again = await sent(right, content)
    assert again.headers["idempotency-replayed"] == "true"
    assert (await sent(right, content + b"\n")).json()["code"] == "idempotency_key_reused"

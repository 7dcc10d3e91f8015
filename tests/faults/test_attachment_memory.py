"""64 MiB from a client to the database and back: the memory of gateway and service does not grow with it."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.bench.accounts import add_account, sign_in
from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.stack import Stack, running_stack
from infra.process_table import PROCESSES
from services.kit.identifiers.make import make_uscc
from services.kit.ids import new_id

PATH = "/v1/permits/attachments"
MIB = 1024 * 1024
SIZE = 64 * MIB
AT_ONCE = 3
MOST_GROWTH_MIB = 40
"""For three files of 64 MiB, 192 MiB, under way at once; measured: 9 (gateway) and 26 (permits) up, 4 and 1 down."""
_START, _PIECE = b"%PDF-1.7\n", bytes(range(256)) * 256
USCC = make_uscc(region="152501", serial=1)

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="measures by /proc of Linux"),
]


async def _content() -> AsyncIterator[bytes]:
    yield _START
    left = SIZE - len(_START)
    while left:
        yield _PIECE[:left]
        left -= min(left, len(_PIECE))


async def _digest(pieces: AsyncIterator[bytes]) -> str:
    digest = hashlib.sha256()
    async for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


class Memory:
    """Peak memory of a process from now on, beside what it has now; in MiB."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
        self._before = self._status("VmRSS")

    def growth(self) -> float:
        return (self._status("VmHWM") - self._before) / 1024

    def _status(self, name: str) -> int:
        text = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii")
        found = re.search(rf"{name}:\s+(\d+) kB", text)
        assert found is not None
        return int(found[1])


async def test_large_files_go_to_the_database_and_back_in_constant_memory(tmp_path: Path) -> None:
    table = PROCESSES[:2]
    with running_stack(tmp_path, sample=False, settings=THROWAWAY_SETTINGS, table=table) as stack:
        add_account(stack, "clerk01", "clerk")
        add_account(stack, "holder01", "enterprise", uscc=USCC)
        async with httpx.AsyncClient(base_url=stack.gateway_url, timeout=60, trust_env=False) as http:
            await _register(stack, http)
            holder = {"Authorization": f"Bearer {sign_in(stack.port, 'holder01')}"}
            await _send(http, holder)  # what is made once is made
            memory = [Memory(stack.pid(name)) for name in ("gateway", "permits")]
            files = await asyncio.gather(*(_send(http, holder) for _ in range(AT_ONCE)))
            up = [each.growth() for each in memory]
            memory = [Memory(stack.pid(name)) for name in ("gateway", "permits")]
            back = await asyncio.gather(*(_have_back(http, holder, each["id"]) for each in files))
            down = [each.growth() for each in memory]
    sent = await _digest(_content())
    assert {each["sha256"] for each in files} == {sent} == set(back)
    assert max(*up, *down) < MOST_GROWTH_MIB, (up, down)


async def _register(stack: Stack, http: httpx.AsyncClient) -> None:
    clerk = {"Authorization": f"Bearer {sign_in(stack.port, 'clerk01')}", "Idempotency-Key": str(new_id())}
    enterprise = {
        "uscc": USCC,
        "name": "二连浩特市测试污水处理有限公司",
        "region_code": "152501",
        "industry_code": "4620",
        "address": "二连浩特市测试路1号",
        "legal_representative": "赵测试",
        "management_class": "simplified",
    }
    answer = await http.post("/v1/permits/enterprises", json=enterprise, headers=clerk)
    assert answer.status_code == 201, answer.text


async def _send(http: httpx.AsyncClient, holder: dict[str, str]) -> dict[str, Any]:
    headers = {
        **holder,
        "Content-Type": "application/pdf",
        "Content-Length": str(SIZE),
        "Idempotency-Key": str(new_id()),
    }
    query = {"uscc": USCC, "name": "管网布置图.pdf"}
    answer = await http.post(PATH, params=query, content=_content(), headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def _have_back(http: httpx.AsyncClient, holder: dict[str, str], attachment_id: str) -> str:
    async with http.stream("GET", f"{PATH}/{attachment_id}/content", headers=holder) as answer:
        assert (answer.status_code, answer.headers["content-length"]) == (200, str(SIZE))
        return await _digest(answer.aiter_bytes())

"""What the API tests of permits read in answers."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.support.town import Caller


def named(answer: httpx.Response) -> set[tuple[str, str]]:
    """The places and codes that a refusal names."""
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


def is_problem(answer: httpx.Response, status: int, code: str) -> bool:
    """Whether the answer is the problem document with this status and code."""
    body = answer.json()
    return answer.headers["content-type"] == "application/problem+json" and (
        answer.status_code,
        body["status"],
        body["code"],
    ) == (status, status, code)


async def walked(caller: Caller | httpx.AsyncClient, path: str, **filters: Any) -> list[list[Any]]:
    """Every page of a list, from the first to the last."""
    pages, cursor = [], None
    while True:
        params = {**filters, **({"cursor": cursor} if cursor else {})}
        http = caller if isinstance(caller, httpx.AsyncClient) else caller.http
        answer = await http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        pages.append(body["items"])
        cursor = body["next_cursor"]
        if cursor is None:
            return pages


async def facts(caller: Caller, kind: str, count: int) -> list[dict[str, Any]]:
    """The facts of that kind in the feed, once there are so many: they get their places a moment after the commit."""
    for _ in range(600):
        found = (await caller.get("/v1/permits/events", type=kind, limit=100)).json()
        if len(found) >= count:
            break
        await asyncio.sleep(0.1)
    return [each["data"] for each in found]

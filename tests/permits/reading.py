"""What the API tests of permits read in answers."""

from __future__ import annotations

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

"""The merged document, fetched from real services: once for all who ask, and kept only when it is whole."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from gateway import openapi, reading
from gateway.openapi import MergedOpenApi
from gateway.upstream import HttpUpstream
from tests.gateway.rig import Service, answer, served

OWN = {"openapi": "3.1.0", "info": {"title": "gateway", "version": "0"}, "paths": {"/v1/auth/token": {}}}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def speaking(service: Service, body: bytes, *, status: int = 200) -> None:
    async def behave(_: Scope, __: Receive, send: Send) -> None:
        await asyncio.sleep(0.01)
        await answer(send, body, status=status)

    service.behave = behave


def document_of(name: str) -> bytes:
    return json.dumps({"openapi": "3.1.0", "info": {}, "paths": {f"/v1/{name}/x": {}}}).encode()


@contextlib.asynccontextmanager
async def city() -> AsyncIterator[tuple[MergedOpenApi, Service, Service, Clock]]:
    permits, waste, clock = Service(), Service(), Clock()
    speaking(permits, document_of("permits"))
    speaking(waste, document_of("waste"))
    async with served(permits) as one, served(waste) as other:
        upstreams = {
            "permits": HttpUpstream("permits", f"http://127.0.0.1:{one}"),
            "waste": HttpUpstream("waste", f"http://127.0.0.1:{other}"),
        }
        yield MergedOpenApi(upstreams, title="Steppe", version="1", clock=clock), permits, waste, clock
        for upstream in upstreams.values():
            await upstream.close()


async def test_all_who_ask_at_once_share_one_fetch() -> None:
    async with city() as (merged, permits, waste, _):
        documents = await asyncio.gather(*(merged.document(OWN) for _ in range(10)))
        assert set(documents[0]["paths"]) == {"/v1/auth/token", "/v1/permits/x", "/v1/waste/x"}
        assert all(document == documents[0] for document in documents)
        assert (len(permits.seen), len(waste.seen)) == (1, 1)


async def test_a_whole_document_is_kept_for_its_time_and_then_fetched_again() -> None:
    async with city() as (merged, permits, _, clock):
        await merged.document(OWN)
        clock.now = 29.9
        await merged.document(OWN)
        assert len(permits.seen) == 1
        clock.now = 30.0
        await merged.document(OWN)
        assert len(permits.seen) == 2


@pytest.mark.parametrize("fault", [(b"{}", 503), (b"not json", 200), (b"[]", 200), (b"\xff", 200)])
async def test_a_service_that_gives_no_document_is_missing_and_asked_again(fault: tuple[bytes, int]) -> None:
    async with city() as (merged, _, waste, _):
        speaking(waste, fault[0], status=fault[1])
        document = await merged.document(OWN)
        assert document["x-steppe-missing-services"] == ["waste"]
        speaking(waste, document_of("waste"))
        assert "/v1/waste/x" in (await merged.document(OWN))["paths"]


async def test_a_service_that_hangs_is_missing_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async with city() as (merged, _, waste, _):
        waste.behave = hang
        monkeypatch.setattr(openapi, "FETCH_SECONDS", 2)  # the other one is there by then
        assert (await merged.document(OWN))["x-steppe-missing-services"] == ["waste"]


async def test_a_service_that_breaks_off_is_missing() -> None:
    async def half(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}", "more_body": True})

    async with city() as (merged, _, waste, _):
        waste.behave = half
        assert (await merged.document(OWN))["x-steppe-missing-services"] == ["waste"]


async def test_a_document_without_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async with city() as (merged, _, waste, _):
        speaking(waste, b" " * 2_000_000)
        monkeypatch.setattr(reading, "MAX_BYTES", 100_000)
        assert (await merged.document(OWN))["x-steppe-missing-services"] == ["waste"]


async def test_one_callers_leaving_does_not_stop_the_fetch_for_the_others() -> None:
    async with city() as (merged, permits, _, _):
        leaving = asyncio.create_task(merged.document(OWN))
        staying = asyncio.create_task(merged.document(OWN))
        await asyncio.sleep(0)
        leaving.cancel()
        assert "/v1/permits/x" in (await staying)["paths"]
        assert len(permits.seen) == 1


async def test_another_own_part_is_merged_without_another_fetch() -> None:
    async with city() as (merged, permits, _, _):
        await merged.document(OWN)
        other = {**OWN, "paths": {"/v1/auth/keys": {}}}
        assert "/v1/auth/keys" in (await merged.document(other))["paths"]
        assert len(permits.seen) == 1

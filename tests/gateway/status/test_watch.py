"""The watch: one look for all who ask, and since when each service has been as it is."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from gateway.resilience.service import ServiceUpstream
from gateway.status import watch as watching
from gateway.status.rules import State
from gateway.status.watch import StatusWatch
from gateway.upstream import HttpUpstream
from services.kit import clock
from tests.gateway.rig import Service, answer, served, until

MORNING = datetime(2026, 11, 26, 8, tzinfo=UTC)


WELL = {"status": "ok", "database": "ok", "feed": {"position": 1, "unnumbered": 0}, "consumers": []}


class Permits(Service):
    """A service whose word about itself can be changed."""

    status = 200
    said: dict[str, Any] = WELL

    def __init__(self) -> None:
        super().__init__()

        async def ready(_: Scope, __: Receive, send: Send) -> None:
            await answer(send, json.dumps(self.said).encode(), status=self.status)

        self.behave = ready


@contextlib.asynccontextmanager
async def watched() -> AsyncIterator[tuple[StatusWatch, Permits]]:
    service = Permits()

    async def own() -> dict[str, Any]:
        return {"status": "ok", "database": "ok"}

    async with served(service) as port:
        upstream = ServiceUpstream("permits", [HttpUpstream("permits", f"http://127.0.0.1:{port}")])
        yield StatusWatch({"permits": upstream}, own=own, counters=lambda: "memory"), service
        await upstream.close()


async def test_since_is_when_it_became_so_and_changes_are_kept_newest_first() -> None:
    async with watched() as (watch, service):
        with clock.at(MORNING):
            first = await watch.look()
        with clock.at(MORNING + timedelta(minutes=1)):
            assert (await watch.look()).since == first.since
        service.status, service.said = 503, {"status": "unavailable", "database": "unavailable"}
        with clock.at(MORNING + timedelta(minutes=2)):
            broken = await watch.look()
        service.status, service.said = 200, WELL
        with clock.at(MORNING + timedelta(minutes=3)):
            well = await watch.look()
    assert (first.state, broken.state, well.state) == (State.UP, State.DOWN, State.UP)
    assert broken.since["permits"] == MORNING + timedelta(minutes=2)
    assert broken.since["gateway"] == MORNING
    assert [(each.was, each.now) for each in well.changes] == [(State.DOWN, State.UP), (State.UP, State.DOWN)]


async def test_all_who_ask_share_one_look_and_a_fresh_report_costs_none() -> None:
    async with watched() as (watch, service):
        with clock.at(MORNING):
            reports = await asyncio.gather(*(watch.report() for _ in range(10)))
            await watch.report()
        assert len(service.seen) == 1
        assert all(report is reports[0] for report in reports)
        with clock.at(MORNING + timedelta(seconds=6)):
            await watch.report()
        assert len(service.seen) == 2


@pytest.mark.parametrize("body", [b"[]", b"<html>", b"{}"])
async def test_nonsense_is_no_answer(body: bytes) -> None:
    async with watched() as (watch, service):

        async def nonsense(_: Scope, __: Receive, send: Send) -> None:
            await answer(send, body)

        service.behave = nonsense
        assert (await watch.look()).state is State.DOWN


async def test_a_service_that_hangs_is_down_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.1)
    async with watched() as (watch, service):
        service.behave = hang
        assert (await watch.look()).state is State.DOWN


async def test_it_looks_by_itself_until_it_is_told_to_end() -> None:
    async with watched() as (watch, service):
        async with watch.running(every_seconds=0.01):
            await until(lambda: len(service.seen) > 2)
        seen = len(service.seen)
        await asyncio.sleep(0.05)
        assert len(service.seen) == seen

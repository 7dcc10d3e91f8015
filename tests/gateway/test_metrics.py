"""Gateway and services tell what they did, and the gateway tells the public nothing of it."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from services.kit.consumers import Consumer, apply_next
from services.kit.service_metrics import EventMetrics
from tests.support.scrape import Page
from tests.support.stack import TestStack
from tests.support.town import Town

REPORTS = {"method": "GET", "route": "/v1/permits/reports/{report_id}", "rate_class": "reads"}


async def gateway_page(stack: TestStack) -> Page:
    return Page(await stack.apps["gateway"].metrics.page())


async def service_page(stack: TestStack, name: str) -> Page:
    return Page(await stack.apps[name].state.kit.metrics.page())


async def test_the_gateway_shows_its_metrics_to_nobody_who_uses_the_api(town: Town) -> None:
    clerk = await town.staff("clerk")
    assert (await town.public.get("/metrics")).status_code == 404
    assert (await clerk.get("/metrics")).status_code == 404


async def test_a_request_is_counted_at_gateway_and_service_under_its_template(
    stack: TestStack, town: Town
) -> None:
    holder = await town.holder()
    before = await gateway_page(stack)
    for _ in range(3):
        answer = await holder.get(f"/v1/permits/reports/{uuid.uuid4()}")
        assert answer.status_code == 404
    page = await gateway_page(stack)

    def grown(name: str, **labels: str) -> float:
        try:
            return page.value(name, **labels) - before.value(name, **labels)
        except KeyError:
            return page.value(name, **labels)

    assert grown("steppe_http_requests_total", **REPORTS, status="4xx") == 3
    assert grown("steppe_http_request_duration_seconds_count", **REPORTS) == 3
    assert grown("steppe_upstream_requests_total", service="permits", outcome="4xx") == 3
    assert page.value("steppe_upstream_breaker", service="permits", state="closed") == 1
    assert page.value("steppe_upstream_breaker", service="permits", state="open") == 0
    at_service = await service_page(stack, "permits")
    assert (
        at_service.value("steppe_http_requests_total", **{**REPORTS, "rate_class": "none"}, status="4xx") >= 3
    )


async def test_no_label_holds_what_a_caller_typed(stack: TestStack, town: Town) -> None:
    canary = f"kanarienvogel{uuid.uuid4().hex}"
    holder = await town.holder()
    for path in (f"/v1/permits/reports/{canary}", f"/{canary}", f"/v1/{canary}/x", f"/v1/permits/{canary}"):
        await holder.get(path, q=canary)
        await holder.http.request("OPTIONS", path)
        await (await town.direct("permits", holder.token)).request(canary.upper()[:12], path)
    for page in (await gateway_page(stack), await service_page(stack, "permits")):
        values = [v for f in page.families for s in f.samples for v in s.labels.values()]
        assert not any(canary[:12] in value.lower() for value in values)
        assert not any(holder.uscc in value or str(holder.account) in value for value in values)


async def test_a_service_tells_of_its_database_and_its_events(stack: TestStack, town: Town) -> None:
    await town.holder()  # events
    page = await service_page(stack, "permits")
    assert page.value("steppe_database_up") == 1
    assert page.value("steppe_database_pool_size") == 10
    assert page.value("steppe_database_connections", state="in_use") >= 0
    assert page.value("steppe_event_log_position") >= 0
    assert page.value("steppe_event_log_bytes") > 0
    assert page.value("steppe_database_bytes") > page.value("steppe_event_log_bytes")


async def test_a_consumer_tells_how_far_it_is_and_what_it_parked(stack: TestStack) -> None:
    database = stack.apps["waste"].state.kit.database
    events = [
        {"sequence": str(n), "type": kind} for n, kind in enumerate(("good.v1", "bad.v1", "other.v1"), 1)
    ]

    async def fetch(after: int, wait: int) -> tuple[list[dict[str, Any]], int]:
        return [e for e in events if int(e["sequence"]) > after], 3

    async def good(session: Any, event: Any) -> None:
        return

    async def bad(session: Any, event: Any) -> None:
        raise ValueError("cannot be applied")

    name = f"waste.test_{uuid.uuid4().hex[:8]}"
    consumer = Consumer(name=name, source="test", fetch=fetch, handlers={"good.v1": good, "bad.v1": bad})
    metrics = EventMetrics(database, [consumer])
    await apply_next(database, consumer)
    await metrics.refresh()
    told = {(s.name, s.labels.get("source")): s.value for family in metrics.collect() for s in family.samples}
    assert told["steppe_consumer_position", "test"] == 3
    assert told["steppe_parked_events", "test"] == 1
    assert told["steppe_consumer_applied_total", "test"] == 1
    assert told["steppe_consumer_passed_over_total", "test"] == 1
    assert told["steppe_consumer_parked_total", "test"] == 1
    assert told["steppe_consumer_silent_seconds", "test"] >= 0
    async with database.transaction() as session:  # leave no parked event to other tests
        await session.exec(sa.text("DELETE FROM parked_event WHERE consumer = :name").bindparams(name=name))

"""One trace id from the gateway through the service, its database and its event to another service's consumer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.stack import Stack, running_stack
from tests.support.collector import Received, collecting
from tests.support.processes import seen_from_a_town
from tests.support.town import Holder, Town

pytestmark = pytest.mark.stack

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
DOSSIER = "6bf92f3577b34da6a3ce929d0e0e4736"
UNRECORDED = "5bf92f3577b34da6a3ce929d0e0e4736"
CANARY = "金丝雀某某"
EVENT = "permits.exceedance_confirmed.v1"


@dataclass
class Told:
    spans: list[Received]
    everything: bytes
    unrecorded: list[Received]
    dossier: list[Received]
    event: dict[str, Any]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with collecting() as collector:
        environ = {
            **os.environ,
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "STEPPE_TRACES_BELIEVE_CALLERS": "true",
            "STEPPE_TRACES_RATIO": "0.000000001",
        }
        home = tmp_path_factory.mktemp("traces") / "home"
        with running_stack(home, sample=False, environ=environ, settings=THROWAWAY_SETTINGS) as stack:
            event = asyncio.run(_confirm_an_exceedance(stack))
            spans = collector.eventually(_all_there, trace_id=TRACE)
            dossier = collector.eventually(_answered_by_four, trace_id=DOSSIER)
        yield Told(spans, b"".join(collector.raw), collector.spans(UNRECORDED), dossier, event)


def _all_there(spans: list[Received]) -> bool:
    """Each process sends its own when it likes; the last of each to end are these."""
    return {("gateway", "server"), ("permits", "server"), ("credit", "consumer")} <= {
        (span.process, span.kind) for span in spans
    }


def _answered_by_four(spans: list[Received]) -> bool:
    return len({span.process for span in spans if span.kind == "server"}) == 5


async def _confirm_an_exceedance(stack: Stack) -> dict[str, Any]:
    async with Town(seen_from_a_town(stack)) as town:
        holder = await town.holder()
        content = await _exceeding_report(holder)
        inspector = await town.staff("inspector")
        refused = {**content, "finding": CANARY, "report_version": 99}
        path = "/v1/permits/exceedance-confirmations"
        await inspector.post(path, refused, traceparent=f"00-{UNRECORDED}-{CALLER}-00")
        confirmed = await inspector.post(
            path, {**content, "finding": CANARY}, traceparent=f"00-{TRACE}-{CALLER}-01"
        )
        assert confirmed.status_code == 201, confirmed.text
        dossier = await inspector.http.get(
            f"/v1/enterprises/{holder.uscc}", headers={"traceparent": f"00-{DOSSIER}-{CALLER}-01"}
        )
        assert dossier.status_code == 200, dossier.text
        feed = await inspector.get("/v1/permits/events", type=EVENT, wait=20)
        return feed.json()[0]  # type: ignore[no-any-return]


async def _exceeding_report(holder: Holder) -> dict[str, Any]:
    """What an inspector may confirm: a report with a value over its limit."""
    owed = (await holder.obligations())[0]
    blank = (await holder.get(f"/v1/permits/obligations/{owed['id']}/blank")).json()
    report = {**(await holder.report()), "exceedance_explanation": "除尘设施检修"}
    line = next(each for each in blank["reference"] if each["limits"][-1]["kind"] == "hourly_concentration")
    place = {name: line[name] for name in ("outlet_code", "pollutant_code")}
    over = {**place, "concentration_max": str(Decimal(line["limits"][-1]["value"]) + 10)}
    report["values"] = [
        {**value, **over} if place.items() <= value.items() else value for value in report["values"]
    ]
    sent = await holder.post("/v1/permits/reports", report)
    assert sent.status_code == 201, sent.text
    return {
        "report_id": sent.json()["report"]["id"],
        "report_version": 1,
        **place,
        "kind": "hourly_concentration",
    }


def one(told: Told, process: str, name: str) -> Received:
    found = [span for span in told.spans if (span.process, span.name) == (process, name)]
    assert len(found) == 1, [(span.process, span.name) for span in told.spans]
    return found[0]


ROUTE = "POST /v1/permits/exceedance-confirmations"


def test_gateway_service_database_event_and_consumer_are_one_trace(told: Told) -> None:
    at_gateway, call, at_service = (
        one(told, "gateway", ROUTE),
        one(told, "gateway", "call permits"),
        one(told, "permits", ROUTE),
    )
    published, processed = one(told, "permits", f"publish {EVENT}"), one(told, "credit", f"process {EVENT}")
    inserted = one(told, "credit", "INSERT candidate")
    kinds = [span.kind for span in (at_gateway, call, at_service, published, processed, inserted)]
    assert kinds == ["server", "client", "server", "producer", "consumer", "client"]
    parents = [span.parent_id for span in (at_gateway, call, at_service, published, processed, inserted)]
    assert parents == [
        CALLER,
        *(span.span_id for span in (at_gateway, call, at_service, published, processed)),
    ]


def test_the_services_statements_hang_under_its_request(told: Told) -> None:
    request = one(told, "permits", ROUTE).span_id
    below = {span.name for span in told.spans if span.process == "permits" and span.parent_id == request}
    assert {"INSERT audit_log event_log idempotency_key", "COMMIT"} <= below


def test_the_event_carries_the_trace(told: Told) -> None:
    published = one(told, "permits", f"publish {EVENT}")
    assert told.event["traceparent"] == f"00-{TRACE}-{published.span_id}-01"


def test_a_span_tells_the_route_and_how_it_ended(told: Told) -> None:
    attributes = one(told, "gateway", ROUTE).attributes
    assert attributes["http.route"] == "/v1/permits/exceedance-confirmations"
    assert attributes["http.response.status_code"] == "201"
    assert (attributes["steppe.rate_class"], attributes["steppe.caller_kind"]) == ("submissions", "bureau")


def test_a_question_to_all_services_is_one_trace_with_a_call_to_each(told: Told) -> None:
    (top,) = [span for span in told.dossier if (span.process, span.kind) == ("gateway", "server")]
    calls = {span.name: span.span_id for span in told.dossier if span.parent_id == top.span_id}
    for service in ("permits", "waste", "credit", "emergency"):
        (answered,) = [s for s in told.dossier if (s.process, s.kind) == (service, "server")]
        assert answered.parent_id == calls[f"call {service}"]


def test_a_request_that_its_caller_does_not_record_leaves_no_span(told: Told) -> None:
    assert told.unrecorded == []


def test_no_span_holds_what_was_sent(told: Told) -> None:
    assert CANARY.encode() not in told.everything
    assert b"VALUES" not in told.everything
    assert b"127.0.0.1" not in told.everything

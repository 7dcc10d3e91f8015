"""Whose trace goes on, what is recorded, and that an event carries its trace to whoever applies it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.kit import trace, tracing
from services.kit.consumers import Consumer, apply_next
from services.kit.database import Database
from services.kit.events import emit
from services.kit.otlp import OtlpTracer
from services.kit.pytest_plugin import MakeDatabase
from services.kit.settings import SharedSettings
from services.kit.statements import described, trace_statements
from services.kit.tracing import Sampling, open_tracer
from tests.kit.log_tools import HAPPENED, Nothing
from tests.support.collector import Collector, collecting

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
ASIDE = f"00-{TRACE}-{SPAN}-00"


@pytest.fixture
async def collector_and_tracer() -> AsyncIterator[tuple[Collector, OtlpTracer]]:
    with collecting() as collector:
        tracer = OtlpTracer("test", collector.url, version="0")
        try:
            yield collector, tracer
        finally:
            await tracer.close()


@pytest.fixture(scope="module")
def database_url(make_database: MakeDatabase) -> str:
    return make_database("services.waste")


@given(
    st.one_of(
        st.none(), st.text(max_size=60), st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
    )
)
def test_whatever_is_given_the_trace_goes_on_under_a_valid_parent(header: str | None) -> None:
    for sampled in (True, False):
        made = trace.continued(header, sampled=sampled)
        assert trace.trace_id(made) is not None
        assert trace.is_sampled(made) is sampled
        if trace.trace_id(header) is not None:
            assert trace.trace_id(made) == trace.trace_id(header)
            assert made[36:52] != str(header)[36:52]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        GIVEN.upper(),
    ],
)
def test_a_malformed_parent_begins_a_new_trace(header: str | None) -> None:
    assert trace.trace_id(header) is None
    assert trace.trace_id(trace.continued(header)) != TRACE


def test_without_a_collector_nothing_is_recorded_and_the_trace_still_goes_on() -> None:
    assert open_tracer("permits", SharedSettings(traces_endpoint=None), version="0") is None
    sampling = Sampling(None, ratio=1, believes_callers=True)
    span, made = sampling.request("GET", GIVEN)
    assert span is None
    assert (trace.trace_id(made), trace.is_sampled(made)) == (TRACE, True)
    assert tracing.begin("x", "client") is None


def test_the_collectors_address_may_come_by_its_usual_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
    assert SharedSettings.load().traces_endpoint == "http://collector:4318"
    monkeypatch.setenv("STEPPE_TRACES_ENDPOINT", "http://other:4318")
    assert SharedSettings.load().traces_endpoint == "http://other:4318"


async def test_strangers_cannot_have_themselves_recorded_and_services_follow_the_gateway(
    collector_and_tracer: tuple[Collector, OtlpTracer],
) -> None:
    _, tracer = collector_and_tracer
    gateway = Sampling(tracer, ratio=0, believes_callers=False)
    span, made = gateway.request("GET", GIVEN)
    assert (span, trace.is_sampled(made), trace.trace_id(made)) == (None, False, TRACE)
    service = Sampling(tracer, ratio=1, believes_callers=True)
    assert service.request("GET", ASIDE)[0] is None
    span, made = Sampling(tracer, ratio=0, believes_callers=True).request("GET", GIVEN)
    assert span is not None
    assert (trace.trace_id(made), trace.is_sampled(made)) == (TRACE, True)
    span.end()
    span, made = service.request("GET", None)
    assert span is not None
    span.end()


async def test_about_the_ratio_is_recorded(collector_and_tracer: tuple[Collector, OtlpTracer]) -> None:
    _, tracer = collector_and_tracer
    sampling = Sampling(tracer, ratio=0.1, believes_callers=False)
    recorded = [span for span, _ in (sampling.request("GET", None) for _ in range(2000)) if span is not None]
    assert 100 < len(recorded) < 320  # 10 standard deviations around 200


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT report.id FROM report WHERE report.id = $1", "SELECT report"),
        ('INSERT INTO "event_log" (id) VALUES ($1)', "INSERT event_log"),
        (
            "WITH a AS (INSERT INTO audit_log SELECT 1), b AS (UPDATE event_log SET position = 1) SELECT 1",
            "INSERT audit_log event_log",
        ),
        ("WITH a AS (SELECT 1 FROM report) SELECT * FROM a", "WITH report"),
        ("UPDATE permit SET name = 'canary'", "UPDATE permit"),
        ("\n  WITH base AS (SELECT 1 FROM event_log) UPDATE x SET y = 1", "UPDATE x"),
        ("SELECT 1", "SELECT"),
        ("", "?"),
    ],
)
def test_a_statement_is_told_by_kind_and_table(statement: str, name: str) -> None:
    told, attributes = described(statement)
    assert told == name
    assert "canary" not in str(attributes)


async def test_an_event_carries_its_trace_to_its_consumer_and_on_to_what_that_emits(
    collector_and_tracer: tuple[Collector, OtlpTracer], database_url: str
) -> None:
    collector, tracer = collector_and_tracer
    database = Database(database_url, pool_size=2)
    trace_statements(database.engine)
    event: dict[str, Any] = {"sequence": "1", "type": "x.y.v1", "id": "e1", "traceparent": GIVEN}
    subject = str(uuid.uuid4())

    async def fetch(after: int, wait: int) -> tuple[list[dict[str, Any]], int]:
        return ([event] if after < 1 else []), 1

    async def handler(session: Any, _: Any) -> None:
        emit(session, kind=HAPPENED, subject=subject, fact=Nothing())

    consumer = Consumer(name=f"waste.{subject}", source="x", fetch=fetch, handlers={"x.y.v1": handler})
    try:
        await apply_next(database, consumer, tracer=tracer)
        async with database.engine.connect() as connection:
            row = sa.text("SELECT traceparent FROM event_log WHERE subject = :subject")
            stored = await connection.scalar(row, {"subject": subject})
    finally:
        await database.close()
    await tracer.close()
    spans = {span.name: span for span in collector.spans(TRACE)}
    processed, published = spans["process x.y.v1"], spans[f"publish {HAPPENED.name}"]
    assert (processed.kind, processed.parent_id) == ("consumer", SPAN)
    assert (published.kind, published.parent_id) == ("producer", processed.span_id)
    assert stored == f"00-{TRACE}-{published.span_id}-01"
    assert spans["INSERT audit_log event_log"].parent_id == processed.span_id
    assert spans["COMMIT"].parent_id == processed.span_id
    assert trace.traceparent.get() is None or trace.trace_id(trace.traceparent.get()) != TRACE


@pytest.mark.parametrize("given", [ASIDE, None])
async def test_an_event_of_an_unrecorded_request_is_applied_unrecorded(
    collector_and_tracer: tuple[Collector, OtlpTracer], given: str | None
) -> None:
    collector, tracer = collector_and_tracer
    with tracing.processing(tracer, "process x", given, {}):
        assert tracing.current() is None
        assert given is None or trace.trace_id(trace.traceparent.get()) == TRACE
    await tracer.close()
    assert collector.spans() == []


async def test_work_that_fails_says_of_what_kind_and_not_why(
    collector_and_tracer: tuple[Collector, OtlpTracer],
) -> None:
    collector, tracer = collector_and_tracer
    with pytest.raises(ValueError, match="canary"), tracing.processing(tracer, "process x", GIVEN, {}):
        raise ValueError("canary")
    await tracer.close()
    (span,) = collector.spans(TRACE)
    assert span.failed
    assert span.attributes["error.type"] == "ValueError"
    assert b"canary" not in b"".join(collector.raw)


async def test_a_collector_that_is_away_holds_nothing_up() -> None:
    tracer = OtlpTracer("test", "http://127.0.0.1:9", version="0")
    span = tracer.start("x", "server", None)
    span.end()
    await tracer.close()
    assert trace.trace_id(span.traceparent) is not None

"""Spans by the OpenTelemetry SDK, sent by OTLP over HTTP (protobuf) in batches. Loaded only where tracing is on."""

from __future__ import annotations

import asyncio
import socket
import threading

from opentelemetry import trace as otel
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from services.kit import trace, tracing
from services.kit.ids import new_id

CLOSE_SECONDS = 5.0
_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class OtlpTracer:
    """A `Tracer` that sends to `endpoint` (`http://collector:4318`, to which `/v1/traces` is added).

    What cannot be sent is dropped: 2048 ended spans wait at most. Headers and certificates of the collector are in
    the exporter's own variables (`OTEL_EXPORTER_OTLP_HEADERS`, …).
    """

    def __init__(self, process: str, endpoint: str, *, version: str) -> None:
        attributes = {
            "service.namespace": "steppe",
            "service.name": process,
            "service.version": version,
            "service.instance.id": str(new_id()),
            "host.name": socket.gethostname(),
        }
        # Whether a trace is recorded was decided before a span is made of it.
        self._provider = TracerProvider(
            sampler=ALWAYS_ON, resource=Resource.create(attributes), shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=CLOSE_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
        self._tracer = self._provider.get_tracer("steppe")

    def start(
        self, name: str, kind: str, parent: str | None, attributes: tracing.Attributes | None = None
    ) -> OtlpSpan:
        above = _remote(parent) if parent is not None else otel.INVALID_SPAN
        return _start(self._tracer, above, name, kind, attributes)

    async def close(self) -> None:
        # In a thread that nobody joins at exit: a collector that hangs must not hold up the end.
        thread = threading.Thread(target=self._provider.shutdown, name="close-traces", daemon=True)
        thread.start()
        await asyncio.to_thread(thread.join, CLOSE_SECONDS)


class OtlpSpan:
    """A `Span` around the SDK's."""

    __slots__ = ("_span", "_tracer", "traceparent")

    def __init__(self, tracer: otel.Tracer, span: otel.Span) -> None:
        self._tracer, self._span = tracer, span
        context = span.get_span_context()
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-01"

    def child(self, name: str, kind: str, attributes: tracing.Attributes | None = None) -> OtlpSpan:
        return _start(self._tracer, self._span, name, kind, attributes)

    def end(
        self,
        attributes: tracing.Attributes | None = None,
        *,
        name: str | None = None,
        error: str | None = None,
    ) -> None:
        span = self._span
        if name is not None:
            span.update_name(name)
        if attributes is not None:
            span.set_attributes(attributes)
        if error is not None:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end()


def _start(
    tracer: otel.Tracer, above: otel.Span, name: str, kind: str, attributes: tracing.Attributes | None
) -> OtlpSpan:
    span = tracer.start_span(
        name, context=otel.set_span_in_context(above), kind=_KINDS[kind], attributes=attributes
    )
    return OtlpSpan(tracer, span)


def _remote(parent: str) -> otel.Span:
    """The span of another process that a valid `traceparent` names."""
    if trace.trace_id(parent) is None:
        return otel.INVALID_SPAN
    _, trace_id, span_id, _ = parent.split("-")
    return NonRecordingSpan(
        SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=_SAMPLED)
    )

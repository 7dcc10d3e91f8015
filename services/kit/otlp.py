"""Spans sent by OTLP over HTTP (protobuf) in batches. Loaded only where tracing is on.

    Span.end, as OTLP has it on the wire ─▶ memory, at most MOST_SPANS ─▶ thread, every second or BATCH ─▶ collector

A span is a plain record of our own, and becomes OTLP's message where it ends (`otlp_messages`): the SDK's spans with
their locks, contexts and checks took 87 µs of a recorded request and its call. The SDK's exporter sends them. What the
thread does at once, nobody is answered in (decision 0017): it has nothing to make.
"""

from __future__ import annotations

import asyncio
import random
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.sdk import resources

from services.kit import trace, tracing
from services.kit.ids import new_id
from services.kit.logs import log
from services.kit.otlp_messages import LOCAL, REMOTE, attribute, encoded, field

CLOSE_SECONDS = 5.0
SEND_SECONDS = 1.0
BATCH = 1024
MOST_SPANS = 2048
_NO_SPAN = ""
_bits = random.getrandbits


class OtlpTracer:
    """A `Tracer` that sends to `endpoint` (`http://collector:4318`, to which `/v1/traces` is added).

    What cannot be sent is dropped: `MOST_SPANS` ended spans wait at most. Headers and certificates of the collector
    are in the exporter's own variables (`OTEL_EXPORTER_OTLP_HEADERS`, …).
    """

    def __init__(self, process: str, endpoint: str, *, version: str) -> None:
        attributes = {
            "service.namespace": "steppe",
            "service.name": process,
            "service.version": version,
            "service.instance.id": str(new_id()),
            "host.name": socket.gethostname(),
        }
        given = resources.Resource.create(attributes)  # what OTEL_RESOURCE_ATTRIBUTES says as well
        self._resource = b"".join(field(1, attribute(*each)) for each in _plain(given.attributes))
        self._exporter = _Exporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=CLOSE_SECONDS)
        self._ended: deque[bytes] = deque()
        self._due, self._closing = threading.Event(), False
        self._thread: threading.Thread | None = None

    def start(
        self, name: str, kind: str, parent: str | None, attributes: tracing.Attributes | None = None
    ) -> OtlpSpan:
        if parent is not None and trace.trace_id(parent) is not None:
            return OtlpSpan(self, parent[3:35], parent[36:52], name, kind, attributes, flags=REMOTE)
        return OtlpSpan(self, f"{_bits(128) or 1:032x}", _NO_SPAN, name, kind, attributes, flags=LOCAL)

    def take(self, span: OtlpSpan) -> None:
        """Of a span that has ended."""
        if len(self._ended) >= MOST_SPANS:
            return
        try:
            self._ended.append(field(2, encoded(span)))
        except Exception as error:  # what cannot be told of a request must not break it
            log.warning("span_not_written", error=error)
            return
        if self._thread is None:
            # In a thread that nobody joins at exit: a collector that hangs must not hold up the end.
            self._thread = threading.Thread(target=self._run, name="send-traces", daemon=True)
            self._thread.start()
        elif len(self._ended) == BATCH:
            self._due.set()

    async def close(self) -> None:
        self._closing = True
        self._due.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, CLOSE_SECONDS)
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def _run(self) -> None:
        while not self._closing or self._ended:
            self._due.wait(SEND_SECONDS)
            if not self._closing:
                self._due.clear()
            left = len(self._ended)  # what ends meanwhile goes with the next ones
            while left > 0:
                batch = [self._ended.popleft() for _ in range(min(BATCH, left))]
                left -= len(batch)
                self._send(batch)

    def _send(self, spans: Sequence[bytes]) -> None:
        """As an ExportTraceServiceRequest."""
        try:
            scoped = field(2, b"".join([field(1, _SCOPE), *spans]))
            self._exporter.send(field(1, field(1, self._resource) + scoped))
        except Exception as error:  # spans are lost, and the next ones need not be
            log.warning("spans_not_sent", error=error)


class OtlpSpan:
    """A `Span` of `tracer`. Ids are in hexadecimal, times in nanoseconds since 1970."""

    __slots__ = (
        "_tracer", "attributes", "began", "ended", "failed", "flags", "kind", "name", "parent_id", "span_id",
        "trace_id",
    )  # fmt: skip

    def __init__(
        self,
        tracer: OtlpTracer,
        trace_id: str,
        parent_id: str,
        name: str,
        kind: str,
        attributes: tracing.Attributes | None,
        *,
        flags: int = LOCAL,
    ) -> None:
        self._tracer, self.trace_id, self.parent_id = tracer, trace_id, parent_id
        self.name, self.kind, self.flags = name, kind, flags
        self.span_id = f"{_bits(64) or 1:016x}"
        self.attributes: dict[str, str | int] = dict(attributes) if attributes else {}
        self.failed = False
        self.ended = 0
        self.began = time.time_ns()

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-01"

    def child(self, name: str, kind: str, attributes: tracing.Attributes | None = None) -> OtlpSpan:
        return OtlpSpan(self._tracer, self.trace_id, self.span_id, name, kind, attributes)

    def end(
        self,
        attributes: tracing.Attributes | None = None,
        *,
        name: str | None = None,
        error: str | None = None,
    ) -> None:
        if self.ended:
            return
        self.ended = time.time_ns()
        if name is not None:
            self.name = name
        if attributes is not None:
            self.attributes.update(attributes)
        if error is not None:
            self.attributes["error.type"], self.failed = error, True
        self._tracer.take(self)


class _Exporter(OTLPSpanExporter):
    """The SDK's, given what is encoded already: its retries, headers, certificates and compression."""

    def send(self, body: bytes) -> None:
        self._client.export(body)  # it logs what it cannot send


_SCOPE = InstrumentationScope(name="steppe").SerializeToString()


def _plain(attributes: Mapping[str, object]) -> Iterable[tuple[str, str | int]]:
    return ((name, value if isinstance(value, int) else str(value)) for name, value in attributes.items())

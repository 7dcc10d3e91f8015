"""An OTLP/HTTP collector: it takes spans as the exporter sends them and keeps them."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")


@dataclass(frozen=True)
class Received:
    """One span."""

    process: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str]
    failed: bool


@dataclass
class Collector:
    url: str
    raw: list[bytes] = field(default_factory=list)
    _spans: list[Received] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        self.raw.append(body)
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            names = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                self._spans += [_received(names["service.name"], span) for span in scope.spans]

    def spans(self, trace_id: str | None = None) -> list[Received]:
        return [span for span in list(self._spans) if trace_id in (None, span.trace_id)]

    def eventually(
        self, look: Callable[[list[Received]], object], *, trace_id: str, seconds: float = 300
    ) -> list[Received]:
        """The spans of a trace, once `look` is content with them; spans come in batches."""
        deadline = time.monotonic() + seconds
        while not look(self.spans(trace_id)) and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.spans(trace_id)


def _received(process: str, span: object) -> Received:
    attributes = {a.key: a.value.string_value or str(a.value.int_value) for a in span.attributes}  # type: ignore[attr-defined]
    return Received(
        process,
        span.name,  # type: ignore[attr-defined]
        KINDS[span.kind],  # type: ignore[attr-defined]
        span.trace_id.hex(),  # type: ignore[attr-defined]
        span.span_id.hex(),  # type: ignore[attr-defined]
        span.parent_span_id.hex(),  # type: ignore[attr-defined]
        attributes,
        span.status.code == 2,  # type: ignore[attr-defined]
    )


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server calls
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            assert self.path == "/v1/traces"
            collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

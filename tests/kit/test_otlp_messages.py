"""What we write by hand is what the library of OTLP reads."""

from __future__ import annotations

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from services.kit import otlp_messages
from services.kit.otlp import OtlpSpan, OtlpTracer

_TRACE, _PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def _ended(
    parent: str, attributes: dict[str, str | int], *, name: str = "GET /v1/permits", error: str | None = None
) -> OtlpSpan:
    tracer = OtlpTracer("gateway", "http://127.0.0.1:9", version="1")
    tracer._closing = True  # nothing is sent
    span = OtlpSpan(tracer, _TRACE, parent, "to be named", "server", {"steppe.rate_class": "reads"})
    tracer.take = lambda _: None  # type: ignore[method-assign]
    span.end(attributes, name=name, error=error)
    return span


@pytest.mark.parametrize(
    ("parent", "attributes", "name", "error"),
    [
        ("", {}, "GET", None),
        (_PARENT, {"http.response.status_code": 200, "http.route": "/v1/permits"}, "GET /v1/permits", None),
        (_PARENT, {"zero": 0, "negative": -1, "large": 2**40, "empty": "", "zh": "排污许可"}, "许可", None),
        (_PARENT, {"long": "长" * 100_000}, "n" * 127, None),
        (_PARENT, {"long": "x" * 128}, "n" * 128, "ValueError"),
    ],
)
def test_a_span_is_read_as_it_was(
    parent: str, attributes: dict[str, str | int], name: str, error: str | None
) -> None:
    span = _ended(parent, attributes, name=name, error=error)
    read = Span.FromString(otlp_messages.encoded(span))
    assert (read.trace_id.hex(), read.span_id.hex(), read.parent_span_id.hex()) == (
        _TRACE,
        span.span_id,
        parent,
    )
    assert (read.name, read.kind, read.flags) == (name, Span.SPAN_KIND_SERVER, otlp_messages.LOCAL)
    assert (read.start_time_unix_nano, read.end_time_unix_nano) == (span.began, span.ended)
    given = {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in read.attributes}
    failed = {"error.type": error} if error else {}
    assert given == {"steppe.rate_class": "reads", **attributes, **failed}
    assert read.status.code == (Status.STATUS_CODE_ERROR if error else Status.STATUS_CODE_UNSET)


def test_a_span_that_cannot_be_written_breaks_nothing() -> None:
    tracer = OtlpTracer("gateway", "http://127.0.0.1:9", version="1")
    tracer.start("GET", "server", None).end({"not a text": "\ud800"})
    assert not tracer._ended

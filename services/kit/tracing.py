"""Spans: what a request, a call, a statement or an event took, under one trace id from gateway to consumer.

    request at the gateway ─▶ call ─▶ request at the service ─▶ statements, COMMIT
                                              └─▶ publish event ┄ feed ┄▶ process event (another service) ─▶ statements

A span hangs under `current()`. Where nothing is recorded there is none, and `begin` costs as much as reading one
variable: with tracing off, or for a request that was not sampled, no span is ever made.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from services.kit import trace
from services.kit.settings import SharedSettings

Attributes = Mapping[str, str | int]


class Span(Protocol):
    """One recorded piece of work. Its end sends it on its way."""

    @property
    def traceparent(self) -> str:
        """What its children in other processes are given."""

    def child(self, name: str, kind: str, attributes: Attributes | None = None) -> Span:
        """`kind` is `internal`, `server`, `client`, `producer` or `consumer`."""

    def end(
        self, attributes: Attributes | None = None, *, name: str | None = None, error: str | None = None
    ) -> None:
        """`error` is the type of what went wrong; it says no more, because messages quote what they are about."""


class Tracer(Protocol):
    """Makes the spans of one process that hang under none of its own."""

    def start(self, name: str, kind: str, parent: str | None, attributes: Attributes | None = None) -> Span:
        """Under the span that the `traceparent` names; a new trace without one."""

    async def close(self) -> None:
        """Sends what is left, and gives up after a few seconds."""


_current: ContextVar[Span | None] = ContextVar("span", default=None)
current = _current.get
enter = _current.set


def begin(name: str, kind: str, attributes: Attributes | None = None) -> Span | None:
    """A span under the current one; None where nothing is recorded. The caller ends it."""
    parent = _current.get()
    return None if parent is None else parent.child(name, kind, attributes)


class Sampling:
    """Which requests are recorded: as the caller decided, where it is believed; else this share of them."""

    def __init__(self, tracer: Tracer | None, *, ratio: float, believes_callers: bool) -> None:
        self.tracer, self.ratio, self.believes_callers = tracer, ratio, believes_callers

    def request(self, name: str, given: str | None) -> tuple[Span | None, str]:
        """The span of a request, if it is recorded, and the `traceparent` to work under."""
        parent = given if given and trace.trace_id(given) else None
        if self.tracer is None:
            return None, trace.continued(parent, sampled=trace.is_sampled(parent))
        if parent is not None and self.believes_callers:
            recorded = trace.is_sampled(parent)
        else:
            # Strangers must not be able to have everything recorded, so their ids decide nothing.
            recorded = random.random() < self.ratio  # noqa: S311
        if not recorded:
            return None, trace.continued(parent, sampled=False)
        span = self.tracer.start(name, "server", parent)
        return span, span.traceparent


@contextmanager
def processing(
    tracer: Tracer | None, name: str, parent: str | None, attributes: Attributes
) -> Iterator[None]:
    """Work on an event of another service goes on under the trace of the request that the event tells of."""
    recorded = tracer is not None and trace.is_sampled(parent)
    span = tracer.start(name, "consumer", parent, attributes) if tracer is not None and recorded else None
    before = trace.traceparent.get(), _current.get()
    trace.traceparent.set(span.traceparent if span else trace.continued(parent, sampled=recorded))
    _current.set(span)
    failed: str | None = None
    try:
        yield
    except BaseException as error:
        failed = type(error).__name__
        raise
    finally:
        if span is not None:
            span.end(error=failed)
        trace.traceparent.set(before[0])
        _current.set(before[1])


def open_tracer(process: str, shared: SharedSettings, *, version: str) -> Tracer | None:
    """The tracer of this process; None where no collector is named. Only then the SDK is loaded."""
    if not shared.traces_endpoint or shared.traces_ratio <= 0:
        return None
    otlp = importlib.import_module("services.kit.otlp")
    tracer: Tracer = otlp.OtlpTracer(process, shared.traces_endpoint, version=version)
    return tracer

"""W3C Trace Context (https://www.w3.org/TR/trace-context/): who called, through every process and event."""

from __future__ import annotations

import random
import re
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

# Ids tell traces apart and keep no secret; a forked process seeds it anew.
_random_bytes = random.randbytes

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def continued(header: str | None, *, sampled: bool = False) -> str:
    """The `traceparent` to work under: the caller's trace with a new span, or a new trace.

    `sampled` tells those who are called whether somebody records it.
    """
    flags = "01" if sampled else "00"
    made = _random_bytes(24).hex()
    trace = (trace_id(header) if header else None) or made[16:]
    return f"00-{trace}-{made[:16]}-{flags}"


def trace_id(header: str | None) -> str | None:
    """The trace of a `traceparent`; None where it is malformed or all zeros."""
    match = _TRACEPARENT.fullmatch(header) if header else None
    if match is None or match[1] == _NO_TRACE or match[2] == _NO_SPAN:
        return None
    return match[1]


def is_sampled(header: str | None) -> bool:
    """Whether whoever sent a `traceparent` records the trace."""
    match = _TRACEPARENT.fullmatch(header) if header else None
    return match is not None and int(match[3], 16) & 1 == 1


def acceptable_request_id(header: str | None) -> str | None:
    """A request id that may be believed as to its form; None where it may not."""
    return header if header and _REQUEST_ID.fullmatch(header) else None

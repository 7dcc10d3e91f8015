"""W3C Trace Context (https://www.w3.org/TR/trace-context/): who called, through every process and event."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def continued(header: str | None) -> str:
    """The `traceparent` to work under: the caller's trace with a new span, or a new trace."""
    match = _TRACEPARENT.fullmatch(header or "")
    if match and set(match[1]) != {"0"} and set(match[2]) != {"0"}:
        return f"00-{match[1]}-{secrets.token_hex(8)}-{match[3]}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def trace_id(header: str | None) -> str | None:
    match = _TRACEPARENT.fullmatch(header or "")
    return match[1] if match else None


def acceptable_request_id(header: str | None) -> str | None:
    """A request id that may be believed as to its form; None where it may not."""
    return header if header and _REQUEST_ID.fullmatch(header) else None

"""OTLP's messages of spans, written as protobuf has them on the wire: a third of the time of the library's objects.

Field numbers are those of opentelemetry-proto 1.x (`trace.proto`, `common.proto`), which never change.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Protocol

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, SpanFlags, Status

LOCAL = 1 | SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
REMOTE = LOCAL | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
"""Sampled, and whether the parent is another process's."""
_KINDS = {name.removeprefix("SPAN_KIND_").lower(): number for name, number in Span.SpanKind.items()}
_NAME, _ATTRIBUTE, _STATUS = 5, 9, 15
# kind (6, one byte), start and end (7 and 8, 64 bits each), flags (16, 32 bits), each behind its tag.
_FIXED = struct.Struct("<BB BQ BQ HI")
_KIND_TAG, _START_TAG, _END_TAG, _FLAGS_TAG = 6 << 3, 7 << 3 | 1, 8 << 3 | 1, 0x0185


class Record(Protocol):
    """A span that has ended. Ids are in hexadecimal, times in nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: str
    began: int
    ended: int
    attributes: dict[str, str | int]
    failed: bool
    flags: int


def encoded(span: Record) -> bytes:
    """A `Span` message."""
    parts = [b"\x0a\x10", bytes.fromhex(span.trace_id), b"\x12\x08", bytes.fromhex(span.span_id)]
    if span.parent_id:
        parts += (b"\x22\x08", bytes.fromhex(span.parent_id))
    parts.append(field(_NAME, span.name.encode()))
    parts.append(
        _FIXED.pack(
            *(_KIND_TAG, _KINDS[span.kind], _START_TAG, span.began, _END_TAG, span.ended),
            *(_FLAGS_TAG, span.flags),
        )
    )
    parts += [_attribute_field(*each) for each in span.attributes.items()]
    if span.failed:
        parts.append(_FAILED)
    return b"".join(parts)


def attribute(name: str, value: str | int) -> bytes:
    """A `KeyValue` message."""
    said = AnyValue(string_value=value) if isinstance(value, str) else AnyValue(int_value=value)
    whole: bytes = KeyValue(key=name, value=said).SerializeToString()
    return whole


def field(number: int, message: bytes) -> bytes:
    """A field of a number below 16 that holds a message or a text."""
    length = len(message)
    if length < 0x80:
        return bytes((number << 3 | 2, length)) + message
    head = bytearray((number << 3 | 2,))
    while length >= 0x80:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + message


@lru_cache(maxsize=1024)
def _attribute_field(name: str, value: str | int) -> bytes:
    """Most are of few values; an id pushes out what was used longest ago."""
    return field(_ATTRIBUTE, attribute(name, value))


_FAILED = field(_STATUS, Status(code=Status.STATUS_CODE_ERROR).SerializeToString())

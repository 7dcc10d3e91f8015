"""Which header fields cross the gateway, as pure functions over raw ASGI header lists.

Both directions drop the hop-by-hop fields and every field that `Connection` names (RFC 9110 7.6.1). Towards a
service, whatever a client could use to speak in the gateway's name is dropped as well and written fresh. A
name with `_` never goes up: servers that map `-` to `_` take `X_Steppe_User` for `X-Steppe-User`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from services.kit.header_fields import RawHeaders, known
from services.kit.lanes import HEADER as MAKES_ROOM

HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer"
    b" transfer-encoding upgrade http2-settings".split()
)
# Said by the gateway or by nobody. `Content-Length` is stated again where the body goes up with that length.
_NOT_FROM_CLIENTS = HOP_BY_HOP | frozenset(
    b"host content-length expect forwarded via proxy traceparent x-real-ip x-request-id x-client-ip"
    b" x-cluster-client-ip true-client-ip x-rewrite-url x-http-method x-http-method-override"
    b" x-method-override".split()
)
_NOT_FROM_CLIENTS_PREFIXES = (b"x-forwarded", b"x-original-", b"x-steppe-")
# Date and Server are the gateway's own server's to state, as nginx does it.
_NOT_FROM_SERVICES = HOP_BY_HOP | {
    *(b"server", b"date", b"x-powered-by", b"x-request-id", MAKES_ROOM.encode()),
    # Who may read an answer is the gateway's to say (gateway.cors).
    *(b"access-control-allow-" + what for what in (b"origin", b"credentials", b"methods", b"headers")),
    *(b"access-control-expose-headers", b"access-control-max-age"),
}
_MAY_HOLD_URLS = frozenset({b"location", b"content-location", b"link"})
_BODILESS = frozenset({204, 304})

_NAME = re.compile(rb"[a-z0-9!#$%&'*+.^`|~-]+")  # an RFC 9110 token without "_"
# All but the tab. Deleting them and comparing lengths takes an eighth of the time of searching for them.
_CONTROL = bytes(each for each in (*range(0x20), 0x7F) if each != 0x09)
_NAMES_NONE: frozenset[bytes] = frozenset()
# Fields that do not cross and say something of those that do. Their name over there is an empty one.
_SPEAK_OF_OTHERS = frozenset({b"connection", b"transfer-encoding"})
_CACHED_NAME = 64  # longer names are seldom seen twice and would fill the caches
_TRACE_ID = slice(3, 35)


class PassedOn(NamedTuple):
    """The client's fields that a service gets, in the client's order."""

    fields: tuple[tuple[str, str], ...]
    lines: str
    """As they are sent, each with its line break."""
    tracestate: bool
    """Whether that is among them."""


NOTHING = PassedOn((), "", tracestate=False)


def passed_on(headers: RawHeaders, traceparent: str) -> PassedOn:
    """ValueError for a value that is not UTF-8 or holds a control character: it cannot be passed on as it was sent."""
    passed = known(headers, _passed_on)
    if passed.tracestate and not _same_trace(headers, traceparent):
        return _of([field for field in passed.fields if field[0] != "tracestate"])
    return passed


@lru_cache(maxsize=4096)
def forwarded(client_host: str, scheme: str, host: str) -> PassedOn:
    """What the gateway says of the client. ValueError for a control character."""
    own = [
        ("x-forwarded-for", client_host),
        ("x-forwarded-proto", scheme),
        ("x-forwarded-host", host),
        ("via", "1.1 steppe"),
    ]
    _refuse_control([value.encode() for _, value in own])
    return _of(own)


def own_request_headers(
    *, request_id: str, traceparent: str, content_length: int | None = None, makes_room: bool = False
) -> list[tuple[str, str]]:
    """What the gateway says of the request. `content_length` where the body is forwarded as a stream of that length;
    `makes_room` where the service is to let others go first."""
    own = [("x-request-id", request_id), ("traceparent", traceparent)]
    if makes_room:
        own.append((MAKES_ROOM, "1"))
    if content_length is not None:
        own.append(("content-length", str(content_length)))
    return own


def _passed_on(headers: RawHeaders) -> PassedOn:
    headers = headers if isinstance(headers, list) else list(headers)
    kept: list[tuple[str, str]] = []
    values: list[bytes] = []
    asks = False
    for raw_name, value in headers:
        name = (
            _service_name(raw_name) if len(raw_name) <= _CACHED_NAME else _service_name.__wrapped__(raw_name)
        )
        if name:
            kept.append((name, value.decode()))
            values.append(value)
        elif name is not None and value != b"keep-alive":  # which is among HOP_BY_HOP
            asks = True
    if asks:
        named = {name.decode("latin-1") for name in _named_by_connection(headers)}
        kept = [(name, value) for name, value in kept if name not in named]
        values = [value.encode() for _, value in kept]
    _refuse_control(values)
    return _of(kept)


def _of(fields: list[tuple[str, str]]) -> PassedOn:
    lines = "".join([f"{name}: {value}\r\n" for name, value in fields])
    return PassedOn(tuple(fields), lines, "tracestate" in dict(fields))


def forward_response_headers(
    headers: RawHeaders, *, status: int, request_id: str, upstream: bytes
) -> list[tuple[bytes, bytes]]:
    """The fields to send to the client: order and duplicates (Set-Cookie) as the service sent them.

    `upstream` is the service's `host:port`: absolute URLs that name it become relative. A `Content-Length`
    that another framing overrides, or that belongs to an answer without a body, is dropped. Raises ValueError
    for a name or value that no server may send on.
    """
    headers = headers if isinstance(headers, list) else list(headers)
    kept: list[tuple[bytes, bytes]] = []
    asks = status in _BODILESS
    for raw_name, value in headers:
        name = _client_name(raw_name) if len(raw_name) <= _CACHED_NAME else _client_name.__wrapped__(raw_name)
        if name:
            kept.append((name, value))
        elif name is not None and value != b"keep-alive":  # which is among HOP_BY_HOP
            asks = True
    if asks:
        kept = _as_framed(headers, kept, status)
    found = dict(kept)
    _refuse_control(found.values() if len(found) == len(kept) else [value for _, value in kept])
    if not _MAY_HOLD_URLS.isdisjoint(found):
        kept = [
            (name, _relative(value, upstream) if name in _MAY_HOLD_URLS else value) for name, value in kept
        ]
    kept.append((b"x-request-id", request_id.encode("ascii")))
    return kept


def keeping(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """`Cache-Control` where an answer has none: kept by nobody, or by its reader who asks by its tag each time."""
    found = dict(headers)
    if b"cache-control" in found:
        return []
    return [(b"cache-control", b"private, no-cache" if b"etag" in found else b"no-store")]


def _refuse_control(values: Iterable[bytes]) -> None:
    """ValueError where one of the values holds a control character. All at once: each alone would take longer."""
    joined = b"".join(values)
    if len(joined.translate(None, _CONTROL)) != len(joined):
        raise ValueError("control character in a header field")


def _as_framed(
    headers: list[tuple[bytes, bytes]], kept: list[tuple[bytes, bytes]], status: int
) -> list[tuple[bytes, bytes]]:
    """Less what `Connection` names, and a `Content-Length` that does not hold."""
    named = _named_by_connection(headers)
    if status in _BODILESS or any(name.lower() == b"transfer-encoding" for name, _ in headers):
        named |= {b"content-length"}
    return [(name, value) for name, value in kept if name not in named]


def _relative(value: bytes, upstream: bytes) -> bytes:
    return value.replace(b"http://" + upstream, b"").replace(b"https://" + upstream, b"")


def _named_by_connection(headers: list[tuple[bytes, bytes]]) -> frozenset[bytes]:
    values = [value for name, value in headers if len(name) == 10 and name.lower() == b"connection"]
    if not values:
        return _NAMES_NONE
    return frozenset(token.strip().lower() for value in values for token in value.split(b","))


def _same_trace(headers: RawHeaders, traceparent: str) -> bool:
    """`tracestate` belongs to the client's trace; it may go on only where that trace goes on."""
    theirs = next((value for name, value in headers if name.lower() == b"traceparent"), b"")
    return theirs[_TRACE_ID] == traceparent[_TRACE_ID].encode()


@lru_cache(maxsize=1024)
def _service_name(raw_name: bytes) -> str | None:
    """The name as it goes to a service; empty or None where the field stays here."""
    name = raw_name.lower()
    if name in _SPEAK_OF_OTHERS:
        return ""
    if name in _NOT_FROM_CLIENTS or name.startswith(_NOT_FROM_CLIENTS_PREFIXES) or not _NAME.fullmatch(name):
        return None
    return name.decode("ascii")


@lru_cache(maxsize=1024)
def _client_name(raw_name: bytes) -> bytes | None:
    name = raw_name.lower()
    if name in _SPEAK_OF_OTHERS:
        return b""
    if name in _NOT_FROM_SERVICES:
        return None
    if not _NAME.fullmatch(name.replace(b"_", b"-")):
        raise ValueError(f"not a field name: {raw_name!r}")
    return name

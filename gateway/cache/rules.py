"""What may be given again, under which key, and for how long. Pure; RFC 9111, RFC 5861, RFC 9110 13.1."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.policy.rules import CacheRule
from services.kit.texts import language_of

RawHeaders = Sequence[tuple[bytes, bytes]]

VARY = b"Accept-Language, Accept-Encoding, Authorization"
MAX_ACCEPT_BYTES = 200
# A request with one of these is nobody's or asks for a part: it goes to the service as it is.
_NOT_FROM_CACHE = frozenset({b"authorization", b"cookie", b"range", b"content-length", b"transfer-encoding"})
_KEYED = frozenset({b"accept", b"accept-language", b"accept-encoding", b"authorization", b"origin"})
# Said anew on each answer, or of one exchange only.
_NOT_STORED = frozenset(
    {b"age", b"cache-control", b"connection", b"content-length", b"date", b"etag", b"expires", b"server"}
    | {b"transfer-encoding", b"vary", b"x-request-id", b"cache-status", b"keep-alive"}
)
_WEIGHTLESS = re.compile(r"q=0(?:\.0*)?$")


class Key(NamedTuple):
    """Requests with the same key get the same answer."""

    path: bytes
    query: bytes
    language: str
    encoding: str
    accept: bytes


def key_of(method: str, path: bytes, query: bytes, headers: RawHeaders) -> Key | None:
    """None for a request whose answer may be for this caller only, or is not a whole one."""
    if method not in ("GET", "HEAD"):
        return None
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _NOT_FROM_CACHE:
            return None
        found[name] = found[name] + b", " + value if name in found else value
    accept = found.get(b"accept", b"*/*")
    if len(accept) > MAX_ACCEPT_BYTES:
        return None
    language = language_of(found.get(b"accept-language", b"").decode("latin-1"))
    return Key(path, query, language, _encoding(found.get(b"accept-encoding", b"").decode("latin-1")), accept)


def _encoding(accepted: str) -> str:
    """Two kinds of clients: those that take gzip, and those that get the answer as it is."""
    for part in accepted[:200].lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() in ("gzip", "*") and not _WEIGHTLESS.match(weight.strip()):
            return "gzip"
    return "identity"


def asking_headers(key: Key, headers: RawHeaders, *, tag: bytes | None) -> list[tuple[bytes, bytes]]:
    """The header fields of the request that fills `key`; `tag` asks whether a kept answer still holds."""
    asked = [(name, value) for name, value in headers if name == b"host"]
    asked += [
        (b"accept", key.accept),
        (b"accept-language", key.language.encode()),
        (b"accept-encoding", key.encoding.encode()),
    ]
    return [*asked, (b"if-none-match", tag)] if tag is not None else asked


def may_be_stored(status: int, headers: RawHeaders) -> bool:
    """A whole answer that is for everybody and differs only by what is in the key."""
    if status != 200:
        return False
    for name, value in headers:
        if name in (b"set-cookie", b"content-range"):
            return False
        if name == b"cache-control" and not _tokens([value]).isdisjoint({b"no-store", b"private"}):
            return False
        if name == b"vary" and not _tokens([value]) <= _KEYED:
            return False
    return True


def _tokens(values: Iterable[bytes]) -> frozenset[bytes]:
    return frozenset(
        token.partition(b"=")[0].strip().lower() for value in values for token in value.split(b",")
    )


def kept_headers(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name not in _NOT_STORED]


def strong_tag(given: bytes | None, body: bytes) -> bytes:
    """The service's where it is strong, else one of the bytes: what we keep is one representation, octet by octet."""
    if given is not None and given.startswith(b'"'):
        return given
    return b'"' + urlsafe_b64encode(hashlib.sha256(body).digest()[:18]) + b'"'


def matches(if_none_match: bytes, tag: bytes) -> bool:
    """Weak comparison, as RFC 9110 13.1.2 wants it here."""
    if if_none_match.strip() == b"*":
        return True
    return tag in (each.strip().removeprefix(b"W/") for each in if_none_match.split(b","))


def cache_control(rule: CacheRule) -> bytes:
    extensions: Mapping[str, int] = {
        "stale-while-revalidate": rule.stale_while_revalidate,
        "stale-if-error": rule.stale_if_error,
    }
    stale = "".join(f", {name}={seconds}" for name, seconds in extensions.items() if seconds)
    return f"public, max-age={rule.max_age}{stale}".encode()

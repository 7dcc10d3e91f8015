"""What is refused before anything is forwarded: requests that two servers could read in two ways.

The server's parser already refuses most of these; this module holds whatever server runs the gateway.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from services.kit.header_fields import RawHeaders, known
from services.kit.problems import BadRequest, HeadersTooLarge, MethodNotAllowed, Problem
from services.kit.texts import Text

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MAX_TARGET_BYTES = 8 * 1024
MAX_HEADER_BYTES = 32 * 1024
MAX_HEADER_FIELDS = 100

# RFC 3986 pchar and "/", without ";": servers read path parameters differently, and Steppe has none.
_PATH = re.compile(rb"/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*")
# Encoded control characters, "/" and "\": decoding makes syntax of them.
_HIDDEN = re.compile(rb"%(?:[01][0-9a-f]|7f|2f|5c)", re.IGNORECASE)
_ENCODED = re.compile(rb"%[0-9A-Fa-f]{2}")
_QUERY = re.compile(rb"[\x21\x22\x24-\x7e]*")
_HOST = re.compile(rb"(?:[A-Za-z0-9\-._~_]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_DIGITS = re.compile(rb"[0-9]{1,18}")


class BadPath(BadRequest):
    code = "bad_path"
    title = Text(zh="请求路径不可接受", en="The path is not acceptable")


class BadHeader(BadRequest):
    code = "bad_header"
    title = Text(zh="请求头不可接受", en="A header field is not acceptable")


class BadFraming(BadRequest):
    code = "bad_framing"
    title = Text(zh="请求体长度不明确", en="The length of the request body is ambiguous")


class UpgradeRefused(BadRequest):
    code = "upgrade_refused"
    title = Text(zh="不支持协议升级", en="Upgrading the protocol is not supported")


class UriTooLong(Problem):
    status = 414
    code = "uri_too_long"
    title = Text(zh="请求地址过长", en="The request target is too long")


class Framing(NamedTuple):
    """How the client delimits its body (RFC 9112 6): by length, in chunks, or none at all."""

    length: int | None
    chunked: bool


def admit(scope: Scope) -> Framing:
    """How the body of an acceptable request is framed. Raises the Problem for one that is not forwarded."""
    check_method(scope["method"])
    check_target(scope["raw_path"], scope["query_string"])
    if scope["http_version"] == "1.1":
        return known(scope["headers"], _check_headers_1_1)
    return check_headers(scope["headers"], http_version=scope["http_version"])


def check_method(method: str) -> None:
    if method not in METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(METHODS)})


def check_target(raw_path: bytes, query: bytes) -> None:
    """Refuses paths that could mean another path to the next server, and what is not ASCII."""
    if len(raw_path) + len(query) > MAX_TARGET_BYTES:
        raise UriTooLong
    _check_path(raw_path)
    if query and not _QUERY.fullmatch(query):
        raise BadPath(Text(zh="查询参数须百分号编码", en="The query must be percent-encoded"))


@lru_cache(maxsize=4096)
def _check_path(raw_path: bytes) -> None:
    if not _PATH.fullmatch(raw_path) or b"//" in raw_path:
        raise BadPath
    if b"%" in raw_path:
        _check_encoded(raw_path)
    elif b"/." in raw_path:
        _check_segments(raw_path)


def _check_encoded(raw_path: bytes) -> None:
    decoded = unquote_to_bytes(raw_path)
    if _HIDDEN.search(raw_path) or _ENCODED.search(decoded):  # the latter: encoded twice
        raise BadPath
    try:
        decoded.decode()
    except UnicodeDecodeError as error:
        raise BadPath(Text(zh="路径须为 UTF-8", en="The path must be UTF-8")) from error
    _check_segments(decoded)


def _check_segments(path: bytes) -> None:
    if not {b".", b".."}.isdisjoint(path.split(b"/")):
        raise BadPath


def check_headers(headers: RawHeaders, *, http_version: str) -> Framing:
    """The framing; refuses what RFC 9112 (3.2, 6.1, 6.3) calls an error or an attack, and oversize heads."""
    headers = headers if isinstance(headers, list) else list(headers)
    once = dict(headers)
    if len(once) == len(headers):
        size = sum(map(len, once)) + sum(map(len, once.values()))
    else:
        size = sum(len(name) + len(value) for name, value in headers)
    if size > MAX_HEADER_BYTES or len(headers) > MAX_HEADER_FIELDS:
        raise HeadersTooLarge
    if len(once) == len(headers) and http_version == "1.1" and once.keys() & _FRAMING_FIELDS == _HOST_ONLY:
        _check_host_field(once[b"host"])  # nearly all: no body, nothing to be upgraded
        return _NO_BODY
    found: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        if name in _FRAMING_FIELDS:
            found.setdefault(name, []).append(value)
    hosts = found.get(b"host", [])
    _check_host(hosts, http_version)
    _check_upgrade(found.get(b"upgrade", []))
    return _framing(found.get(b"content-length", []), found.get(b"transfer-encoding", []), http_version)


def _check_headers_1_1(headers: RawHeaders) -> Framing:
    return check_headers(headers, http_version="1.1")


_NO_BODY = Framing(None, chunked=False)
_BAD_HOST = Text(zh="Host 请求头缺失、重复或无效", en="Host is missing, repeated or malformed")
_HOST_ONLY = {b"host"}
_FRAMING_FIELDS = frozenset({b"host", b"upgrade", b"content-length", b"transfer-encoding"})


@lru_cache(maxsize=1024)
def _check_host_field(host: bytes) -> None:
    if not _HOST.fullmatch(host):
        raise BadHeader(_BAD_HOST)


def _check_host(hosts: list[bytes], http_version: str) -> None:
    if http_version not in ("1.1", "1.0", "2", "3"):
        raise BadRequest(Text(zh="不支持该 HTTP 版本", en="This version of HTTP is not supported"))
    if len(hosts) > 1 or (not hosts and http_version == "1.1"):
        raise BadHeader(_BAD_HOST)
    if hosts:
        _check_host_field(hosts[0])


def _check_upgrade(upgrades: list[bytes]) -> None:
    """h2c is ignored, as RFC 9110 7.8 allows: Java's HTTP client offers it on every plain connection."""
    if any(value.strip().lower() != b"h2c" for value in upgrades):
        raise UpgradeRefused


def _framing(lengths: list[bytes], codings: list[bytes], http_version: str) -> Framing:
    if codings:
        if lengths or len(codings) > 1 or codings[0].lower() != b"chunked" or http_version == "1.0":
            raise BadFraming
        return Framing(None, chunked=True)
    if len(lengths) > 1 or (lengths and not _DIGITS.fullmatch(lengths[0])):
        raise BadFraming
    return Framing(int(lengths[0]) if lengths else None, chunked=False)

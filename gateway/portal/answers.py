"""Answers of the portal: nothing from another origin, nothing inline, revalidated by ETag, compressed."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass

from fastapi import Request, Response

SECURITY = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
HTML = "text/html; charset=utf-8"
REVALIDATED = "no-cache"
AGAIN_SECONDS = 5
"""A document without a service is kept so long."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an address answers now."""

    media_type: str
    plain: bytes
    packed: bytes
    etag: str
    status: int = 200


def content(text: str, *, media_type: str = HTML, status: int = 200) -> Content:
    plain = text.encode()
    etag = f'"{hashlib.sha256(plain).hexdigest()[:24]}"'
    return Content(media_type, plain, gzip.compress(plain, 6, mtime=0), etag, status)


def answer(
    request: Request, given: Content, *, cache_control: str = REVALIDATED, language: str | None = None
) -> Response:
    """The whole content, or 304 where the client has it."""
    headers = {"etag": given.etag, "cache-control": cache_control, "vary": "Accept-Encoding", **SECURITY}
    if language is not None:
        headers["content-language"] = language
    if given.status == 503:
        headers["retry-after"] = str(AGAIN_SECONDS)
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if given.status == 200 and known & {"*", given.etag}:
        return Response(status_code=304, headers=headers)
    body = given.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = given.packed
        headers |= {"content-encoding": "gzip", "etag": f"W/{given.etag}"}
    return Response(body, status_code=given.status, media_type=given.media_type, headers=headers)

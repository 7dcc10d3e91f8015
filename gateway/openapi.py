"""The merged OpenAPI document, fetched from the services when somebody asks for it and kept for a while."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping

from gateway.merge import Document, merge
from gateway.upstream import BrokenAnswerError, Upstream
from services.kit.problems import Problem

Documents = dict[str, Document | None]

log = logging.getLogger(__name__)

MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
FETCH_SECONDS = 5.0


class MergedOpenApi:
    """However many ask at once, each service is asked once. What was got without a service is not kept."""

    def __init__(
        self,
        upstreams: Mapping[str, Upstream],
        *,
        title: str,
        version: str,
        ttl_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upstreams = dict(upstreams)
        self._title, self._version = title, version
        self._ttl_seconds, self._clock = ttl_seconds, clock
        self._documents: Documents | None = None
        self._expires = 0.0
        self._fetching: asyncio.Task[Documents] | None = None
        self._merged: tuple[Documents, Document, Document] | None = None

    async def document(self, own: Document) -> Document:
        """The whole API; `own` is the gateway's part. Raises MergeError where the documents contradict."""
        documents = self._documents
        if documents is None or self._clock() >= self._expires:
            documents = await self._fetched()
        if self._merged is not None and self._merged[0] is documents and self._merged[1] == own:
            return self._merged[2]
        merged = merge(documents, own=own, title=self._title, version=self._version)
        self._merged = documents, own, merged
        return merged

    async def _fetched(self) -> Documents:
        """One fetch for all who wait; the leaving of one of them does not stop it for the others."""
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._forget)
        return await asyncio.shield(self._fetching)

    def _forget(self, _: asyncio.Task[Documents]) -> None:
        self._fetching = None

    async def _fetch(self) -> Documents:
        fetches = (_fetch_one(name, upstream) for name, upstream in self._upstreams.items())
        documents = dict(zip(self._upstreams, await asyncio.gather(*fetches), strict=True))
        if None not in documents.values():
            self._documents, self._expires = documents, self._clock() + self._ttl_seconds
        return documents


async def _fetch_one(name: str, upstream: Upstream) -> Document | None:
    """A service's own document; None where it does not give one in time."""
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            document = json.loads(await _read(upstream))
    except (Problem, BrokenAnswerError, TimeoutError, ValueError) as error:
        log.warning("%s: no OpenAPI document: %r", name, error)
        return None
    return document if isinstance(document, dict) else None


async def _read(upstream: Upstream) -> bytes:
    """Raises ValueError for an answer that is no success or too long."""
    response = await upstream.send("GET", b"/openapi.json", b"", headers=[], body=None)
    try:
        pieces = [await response.read()]
        while not response.finished:
            pieces.append(await response.read())
            if sum(map(len, pieces)) > MAX_DOCUMENT_BYTES:
                raise ValueError("too long")
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        return b"".join(pieces)
    finally:
        response.close()

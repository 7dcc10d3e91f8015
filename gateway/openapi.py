"""The merged OpenAPI document, fetched from the services when somebody asks for it and kept for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from gateway.answers import with_gateway_answers
from gateway.merge import Document, merge
from gateway.reading import ask
from gateway.upstream import Upstream
from services.kit.meanwhile import OneForAll

Documents = dict[str, Document | None]

FETCH_SECONDS = 15.0
"""A service makes its document when it is first asked: seconds of a core, on a busy machine more."""


class MergedOpenApi:
    """However many ask at once, each service is asked once.

    A document without some service is kept for `partial_seconds`.
    """

    def __init__(
        self,
        upstreams: Mapping[str, Upstream],
        *,
        title: str,
        version: str,
        ttl_seconds: float = 30.0,
        finish: Callable[[Document], Document] = lambda document: document,
        partial_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upstreams = dict(upstreams)
        self._title, self._version = title, version
        self._ttl_seconds, self._clock, self._finish = ttl_seconds, clock, finish
        self._partial_seconds = partial_seconds
        self._documents: Documents | None = None
        self._expires = 0.0
        self._fetched = OneForAll(self._fetch)
        self._merged: tuple[Documents, Document, Document] | None = None

    async def document(self, own: Document) -> Document:
        """The whole API; `own` is the gateway's part. Raises MergeError where the documents contradict."""
        documents = self._documents
        if documents is None or self._clock() >= self._expires:
            documents = await self._fetched()
        if self._merged is not None and self._merged[0] is documents and self._merged[1] == own:
            return self._merged[2]
        whole = merge(documents, own=own, title=self._title, version=self._version)
        merged = self._finish(with_gateway_answers(whole))
        self._merged = documents, own, merged
        return merged

    async def _fetch(self) -> Documents:
        fetches = (fetch_one(name, upstream) for name, upstream in self._upstreams.items())
        documents = dict(zip(self._upstreams, await asyncio.gather(*fetches), strict=True))
        kept = self._ttl_seconds if None not in documents.values() else self._partial_seconds
        if kept > 0:
            self._documents, self._expires = documents, self._clock() + kept
        return documents


async def fetch_one(name: str, upstream: Upstream) -> Document | None:
    """A service's own document; None where it does not give one in time."""
    said = await ask(name, upstream, b"/openapi.json", seconds=FETCH_SECONDS)
    return said[1] if said is not None and said[0] == 200 else None

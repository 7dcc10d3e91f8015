"""Asks the four services at once, each as the caller, and puts their views side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from gateway.dossier.errors import EnterpriseUnknown
from gateway.dossier.schemas import Dossier, Part, Standing
from gateway.reading import Headers, ask
from gateway.upstream import Upstream
from services.kit import clock

PATIENCE_SECONDS = 5.0
_STANDINGS: Mapping[int, Standing] = {200: "known", 403: "forbidden", 404: "unknown"}


async def dossier(upstreams: Mapping[str, Upstream], *, uscc: str, headers: Headers) -> Dossier:
    """The dossier of one enterprise; 404 where every service answered and none has anything for this caller."""
    asked = (_ask(name, upstream, uscc, headers) for name, upstream in upstreams.items())
    parts = dict(zip(upstreams, await asyncio.gather(*asked), strict=True))
    if all(part.status in ("unknown", "forbidden") for part in parts.values()):
        raise EnterpriseUnknown()
    missing = sorted(name for name, part in parts.items() if part.status == "unavailable")
    content: dict[str, Any] = dict(parts)
    return Dossier(uscc=uscc, as_of=clock.now(), complete=not missing, missing=missing, **content)


async def _ask(name: str, upstream: Upstream, uscc: str, headers: Headers) -> Part:
    path = f"/v1/{name}/enterprises/{uscc}/overview".encode()
    said = await ask(name, upstream, path, seconds=PATIENCE_SECONDS, headers=headers)
    if said is None:
        return Part(status="unavailable")
    status, view = said
    standing = _STANDINGS.get(status, "unavailable")
    if standing != "known":
        return Part(status=standing)
    return Part(status=standing, as_of=view.get("as_of"), view=view)

"""The trail of all five processes in one order: each is asked for the same page, and the newest of all are answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity import repository as identity
from gateway.reading import Headers, ask
from gateway.trail.schemas import AuditPage, ReadPage, TrailOfAudit, TrailOfReads
from gateway.upstream import Upstream
from services.kit.auth import RowScope
from services.kit.pages import PageQuery, encode
from services.kit.trail import TrailFilter, audit_page, read_page

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 5.0
OWN = "gateway"
Entry = TypeVar("Entry", TrailOfAudit, TrailOfReads)


@dataclass(frozen=True, slots=True)
class _Trail(Generic[Entry]):
    """What each process keeps: where a service answers it, and what its entries are here."""

    part: str
    kind: type[Entry]

    async def ask(
        self, name: str, upstream: Upstream, *, query: bytes, headers: Headers
    ) -> tuple[list[Entry], bool] | None:
        """A service's entries and whether it has more; None where it does not answer as it should."""
        path = f"/v1/{name}/{self.part}".encode()
        said = await ask(name, upstream, path, seconds=PATIENCE_SECONDS, query=query, headers=headers)
        if said is None:
            return None
        status, answer = said
        try:
            if status != 200:
                raise ValueError(f"answered {status}")
            entries = [self.kind(service=name, **entry) for entry in answer["items"]]
            return entries, answer["next_cursor"] is not None
        except (ValueError, KeyError) as error:  # pydantic's is a ValueError
            log.warning("%s: no %s: %r", name, self.part, error)
            return None


_AUDIT = _Trail("audit", TrailOfAudit)
_READS = _Trail("read-log", TrailOfReads)


async def audit(
    session: AsyncSession,
    services: Mapping[str, Upstream],
    rows: RowScope,
    wanted: TrailFilter,
    query: PageQuery,
    *,
    denied: bool | None,
    headers: Headers,
) -> AuditPage:
    """One page of what was done and tried, newest first; `missing` names the services that did not answer."""
    await _resolve(session, wanted)
    parameters = {**_parameters(wanted, query), **({} if denied is None else {"denied": str(denied).lower()})}
    own, more = await audit_page(session, rows, wanted, query, denied=denied)
    entries = [TrailOfAudit(service=OWN, **entry.model_dump()) for entry in own]
    items, following, missing = await _merged(
        _AUDIT,
        services,
        entries,
        parameters=parameters,
        headers=headers,
        limit=query.limit,
        more=more is not None,
    )
    return AuditPage(items=items, next_cursor=following, missing=missing)


async def reads(
    session: AsyncSession,
    services: Mapping[str, Upstream],
    rows: RowScope,
    wanted: TrailFilter,
    query: PageQuery,
    *,
    headers: Headers,
) -> ReadPage:
    """One page of who read whose data, newest first."""
    await _resolve(session, wanted)
    own, more = await read_page(session, rows, wanted, query)
    entries = [TrailOfReads(service=OWN, **entry.model_dump()) for entry in own]
    items, following, missing = await _merged(
        _READS,
        services,
        entries,
        parameters=_parameters(wanted, query),
        headers=headers,
        limit=query.limit,
        more=more is not None,
    )
    return ReadPage(items=items, next_cursor=following, missing=missing)


async def _resolve(session: AsyncSession, wanted: TrailFilter) -> None:
    """A person may be looked for by login: the trails know accounts by their id."""
    if wanted.person is not None:
        account = await identity.account_by_login(session, wanted.person)
        wanted.person = str(account.id) if account is not None else wanted.person


def _parameters(wanted: TrailFilter, query: PageQuery) -> dict[str, str]:
    given: dict[str, Any] = {**vars(wanted), "limit": query.limit, "cursor": query.cursor}
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in given.items()
        if value is not None
    }


async def _merged(
    trail: _Trail[Entry],
    services: Mapping[str, Upstream],
    own: Sequence[Entry],
    *,
    parameters: Mapping[str, str],
    headers: Headers,
    limit: int,
    more: bool,
) -> tuple[list[Entry], str | None, list[str]]:
    """The newest of all; where it goes on; and who did not answer. `more`: whether our own trail goes on."""
    query = urlencode(parameters).encode()
    asked = (trail.ask(name, each, query=query, headers=headers) for name, each in services.items())
    answers = dict(zip(services, await asyncio.gather(*asked), strict=True))
    found: list[Entry] = list(own)
    for answer in answers.values():
        if answer is not None:
            found += answer[0]
            more = more or answer[1]
    found.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
    items = found[:limit]
    following = encode([items[-1].at, items[-1].id]) if items and (more or len(found) > len(items)) else None
    return items, following, sorted(name for name, answer in answers.items() if answer is None)

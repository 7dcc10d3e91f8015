"""Manifests as they are read."""

from __future__ import annotations

import uuid
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.waste.clocks import repository as clocks
from services.waste.clocks.schemas import deadline_view
from services.waste.manifests import repository
from services.waste.manifests.errors import ManifestNotFound
from services.waste.manifests.models import Discrepancy, Manifest, ManifestLine, Notice, ReceptionLine
from services.waste.manifests.schemas import (
    DiscrepancyRead,
    LineContent,
    LineRead,
    ManifestRead,
    ManifestSummary,
    NoticeInList,
    NoticeRead,
    ReceptionLineRead,
    StepRead,
)
from services.waste.receipts import receipt_of


def etag(manifest: Manifest | ManifestSummary) -> str:
    return f'"{manifest.version}"'


async def read(session: AsyncSession, rows: RowScope, *, manifest_id: uuid.UUID) -> ManifestRead:
    """A manifest with its lines, steps, limit and discrepancy."""
    manifest = await repository.by_id(session, manifest_id, rows=rows)
    if manifest is None:
        raise ManifestNotFound()
    return await view(session, manifest)


async def view(session: AsyncSession, manifest: Manifest) -> ManifestRead:
    received = await repository.reception_of(session, manifest.id)
    deadline = await clocks.of_manifest(session, manifest.id)
    discrepancy = await repository.discrepancy_of(session, manifest.id)
    return ManifestRead.model_validate(
        {
            **manifest.model_dump(include=set(ManifestRead.model_fields)),
            "lines": [
                _line(line, received.get(line.line))
                for line in await repository.lines_of(session, manifest.id)
            ],
            "steps": [
                StepRead.model_validate(
                    {**step.model_dump(include=set(StepRead.model_fields)), "receipt": receipt_of(step)}
                )
                for step in await repository.steps_of(session, manifest.id)
            ],
            "confirmation": deadline_view(deadline, now=clock.now()) if deadline else None,
            "discrepancy": await _discrepancy(session, discrepancy) if discrepancy else None,
        }
    )


def _line(line: ManifestLine, received: ReceptionLine | None) -> LineRead:
    content: dict[str, Any] = line.model_dump(include={"line", *LineContent.model_fields})
    reception = None
    if received is not None:
        reception = ReceptionLineRead(
            **received.model_dump(exclude={"manifest_id", "line"}),
            difference_kg=received.arrived_kg - line.mass_kg,
        )
    return LineRead(**content, reception=reception)


async def _discrepancy(session: AsyncSession, found: Discrepancy) -> DiscrepancyRead:
    notices = await repository.notices_of(session, found.id)
    return DiscrepancyRead.model_validate(
        {
            "found_at": found.found_at,
            "lines": found.lines,
            "notices": [NoticeRead.model_validate(_notice(notice)) for notice in notices],
        }
    )


def _notice(notice: Notice) -> dict[str, Any]:
    return notice.model_dump(include=set(NoticeRead.model_fields))


async def notices(session: AsyncSession, rows: RowScope, *, query: PageQuery) -> Page[NoticeInList]:
    """The notices addressed to the caller, all for the bureau; newest first."""
    found, following = await repository.notices_page(session, rows=rows, query=query)
    about = await repository.discrepancies_named(session, {notice.discrepancy_id for notice in found})
    items = []
    for notice in found:
        discrepancy, number = about[notice.discrepancy_id]
        content = {"manifest_id": discrepancy.manifest_id, "manifest_number": number}
        items.append(NoticeInList.model_validate({**_notice(notice), **content, "lines": discrepancy.lines}))
    return Page(items=items, next_cursor=following)

"""Medical waste bags as they are read: how long they are stored is judged now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.waste.clocks import repository as clocks
from services.waste.clocks.models import Deadline
from services.waste.clocks.schemas import deadline_view
from services.waste.medical import repository, rules
from services.waste.medical.errors import BagNotFound
from services.waste.medical.models import MedicalBag
from services.waste.medical.schemas import BagRead, BagSummary, ScanRead


async def read(session: AsyncSession, rows: RowScope, *, code: str) -> BagRead:
    bag = await repository.by_code(session, code, rows=rows)
    if bag is None:
        raise BagNotFound()
    return await view(session, bag)


async def view(session: AsyncSession, bag: MedicalBag) -> BagRead:
    deadline = (await clocks.of_bags(session, [bag.id])).get(bag.id)
    return BagRead.model_validate(
        {
            **_summary(bag, deadline, clock.now()),
            "expected": rules.expected(rules.State(bag.state)),
            "scans": [ScanRead.model_validate(scan) for scan in await repository.scans_of(session, bag.id)],
        }
    )


async def listing(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    hospital_uscc: str | None,
    state: str | None,
    overdue: bool,
) -> Page[BagSummary]:
    now = clock.now()
    found, following = await repository.page_of(
        session,
        rows=rows,
        query=query,
        hospital_uscc=hospital_uscc,
        state=state,
        overdue_at=now if overdue else None,
    )
    return Page(items=await _summaries(session, found, now), next_cursor=following)


async def _summaries(session: AsyncSession, bags: Sequence[MedicalBag], now: datetime) -> list[BagSummary]:
    deadlines = await clocks.of_bags(session, [bag.id for bag in bags])
    return [BagSummary.model_validate(_summary(bag, deadlines.get(bag.id), now)) for bag in bags]


def _summary(bag: MedicalBag, deadline: Deadline | None, now: datetime) -> dict[str, Any]:
    storage = deadline_view(deadline, now=now) if deadline is not None else None
    overdue = storage is not None and storage.met_at is None and storage.late
    return {**bag.model_dump(exclude={"registered_by"}), "storage": storage, "overdue": overdue}

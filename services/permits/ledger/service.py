"""Use cases of whoever keeps the ledger: write an entry."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.permits.batches.entering import enter
from services.permits.batches.opening import desk_for
from services.permits.ledger import repository
from services.permits.ledger.desk import LedgerDesk
from services.permits.ledger.events import LEDGER_ENTRY_RECORDED, EntryRecorded
from services.permits.ledger.models import LedgerEntry
from services.permits.ledger.repository import Filters
from services.permits.ledger.schemas import EntryCreate, LedgerTotal


async def also_wrong(
    session: AsyncSession, principal: Principal, content: EntryCreate, *, permit_number: str
) -> Findings:
    """What the rules say about an entry whose shape is wrong in places."""
    _, desk = await desk_for(session, principal, LedgerDesk, permit_number=permit_number)
    return Findings(desk.judge(content))


async def record(
    session: AsyncSession, principal: Principal, content: EntryCreate, *, permit_number: str
) -> tuple[LedgerEntry, bool]:
    """Writes one entry. The second value: whether it is new."""
    permit, desk = await desk_for(session, principal, LedgerDesk, permit_number=permit_number)
    entry, is_new = await enter(session, desk, content, table=LedgerEntry)
    if is_new:
        _tell(session, principal, entry, uscc=permit.uscc)
    return entry, is_new


def _tell(session: AsyncSession, principal: Principal, entry: LedgerEntry, *, uscc: str) -> None:
    fact = EntryRecorded(
        entry_id=entry.id,
        uscc=uscc,
        **entry.model_dump(include={"permit_number", "kind", "facility_code", "happened_at", "supersedes"}),
    )
    deeds.record(
        session,
        principal,
        kind=LEDGER_ENTRY_RECORDED,
        entity="ledger_entry",
        entity_id=entry.id,
        owner=uscc,
        after=entry.model_dump(mode="json"),
        subject=f"/v1/permits/ledger/{entry.permit_number}/entries/{entry.id}",
        fact=fact,
    )


async def totals(session: AsyncSession, permit_number: str, start: date, end: date) -> list[LedgerTotal]:
    """What the ledger of a permit adds up to over these days in the city, both included.

    For the blank of a report: whoever asks has seen to it that the caller may read the permit.
    """
    first, following = clock.start_of(start), clock.start_of(end + timedelta(days=1))
    filters = Filters(permit_number, happened_from=first, happened_before=following)
    return [LedgerTotal.model_validate(row) for row in await repository.totals(session, filters)]

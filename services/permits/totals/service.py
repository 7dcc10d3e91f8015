"""Use cases of the bureau: decide on quotas, read the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock, events
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.batches.views import permit_of
from services.permits.endings import service as endings
from services.permits.totals import repository, rules, views
from services.permits.totals.control import Control
from services.permits.totals.errors import DecisionInvalid, QuotaShort
from services.permits.totals.events import QUOTA_MOVED, QuotaMoved
from services.permits.totals.models import QuotaEntry
from services.permits.totals.schemas import QuotaBalances, QuotaDecisionCreate, QuotaEntryRead


def findings_of(content: QuotaDecisionCreate, control: Control) -> Findings:
    """Everything that is wrong with a decision, whatever the accounts hold."""
    found = Findings()
    rules.check_pollutant(found, content.pollutant, control.pollutants)
    _check_in_itself(found, content)
    return found


def _check_in_itself(found: Findings, content: QuotaDecisionCreate) -> None:
    rules.check_dated(found, decided_on=content.decided_on, from_year=content.from_year, today=clock.today())
    rules.check_account(found, rules.Move(content.kind), content.permit_number)


async def also_wrong(_: AsyncSession, __: Principal, content: QuotaDecisionCreate) -> Findings:
    """What the rules say about a decision whose shape is wrong in places; not what the city's file decides."""
    found = Findings()
    _check_in_itself(found, content)
    return found


async def decide(
    session: AsyncSession, principal: Principal, content: QuotaDecisionCreate, *, control: Control
) -> QuotaEntryRead:
    """Enters a decision as one entry. Whoever comes second to the same tonnes is told what is left (409)."""
    findings_of(content, control).raise_if_any(DecisionInvalid)
    owner = None
    if content.permit_number is not None:
        owner = await permit_of(session, principal.rows, content.permit_number)
        if content.kind == "allocation":
            await endings.refuse_ended(session, owner.id)
    move = rules.Move(content.kind)
    source, target = rules.legs_of(move, content.permit_number)
    entry = rules.Entry(move, source, target, content.tonnes, content.from_year)
    owners = {owner.permit_number: owner.uscc} if owner else {}
    made = await post(session, principal, content.pollutant, [entry], owners=owners, of=content)
    return views.entry_view(made[0])


async def post(
    session: AsyncSession,
    principal: Principal,
    pollutant: str,
    moved: Sequence[rules.Entry],
    *,
    owners: dict[str, str],
    of: QuotaDecisionCreate | views.Decided,
) -> list[QuotaEntry]:
    """Adds entries to a pollutant's book, if every account holds what is taken from it; else 409 with all that lack."""
    await repository.lock_book(session, pollutant, now=clock.now())
    book = [views.fact(entry) for entry in await repository.entries(session, pollutant)]
    found = Findings()
    for entry in moved:
        rules.check_covered(found, "/tonnes", book, entry.source, tonnes=entry.tonnes, year=entry.from_year)
        book.append(entry)
    found.raise_if_any(QuotaShort)
    document_id = of.document_id if isinstance(of, views.Decided) else new_id()
    made = [_row(principal, pollutant, entry, owners, of, document_id) for entry in moved]
    for row in made:  # one by one: their sequence is the order in which they were decided
        session.add(row)
        await session.flush()
    _tell(session, principal, made)
    return made


def _row(
    principal: Principal,
    pollutant: str,
    entry: rules.Entry,
    owners: dict[str, str],
    of: QuotaDecisionCreate | views.Decided,
    document_id: uuid.UUID,
) -> QuotaEntry:
    return QuotaEntry(
        id=new_id(),
        document_id=document_id,
        move=entry.move,
        pollutant=pollutant,
        from_kind=entry.source.kind,
        from_permit=entry.source.permit_number,
        from_uscc=owners.get(entry.source.permit_number or ""),
        to_kind=entry.target.kind,
        to_permit=entry.target.permit_number,
        to_uscc=owners.get(entry.target.permit_number or ""),
        tonnes=entry.tonnes,
        from_year=entry.from_year,
        decided_on=of.decided_on,
        basis=of.basis,
        recorded_by=principal.subject,
        recorded_at=clock.now(),
    )


def _tell(session: AsyncSession, principal: Principal, made: Iterable[QuotaEntry]) -> None:
    for row in made:
        audit.record(
            session,
            principal,
            action=QUOTA_MOVED,
            entity="quota_entry",
            entity_id=row.id,
            owner=row.to_uscc or row.from_uscc,
            after=views.entry_view(row).model_dump(mode="json"),
        )
        for permit, uscc, change in (
            (row.from_permit, row.from_uscc, -row.tonnes),
            (row.to_permit, row.to_uscc, row.tonnes),
        ):
            if permit is not None and uscc is not None:
                _emit(session, row, permit, uscc, change)


def _emit(session: AsyncSession, row: QuotaEntry, permit: str, uscc: str, change: Decimal) -> None:
    fact = QuotaMoved(
        entry_id=row.id,
        permit_number=permit,
        uscc=uscc,
        change_t=change,
        **row.model_dump(include={"document_id", "pollutant", "move", "from_year", "decided_on", "basis"}),
    )
    events.emit(
        session, kind=QUOTA_MOVED, subject=f"/v1/permits/totals/positions/{permit}", owner=uscc, fact=fact
    )


async def ledger(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    permit_number: str | None,
    pollutant: str | None,
) -> Page[QuotaEntryRead]:
    found, following = await repository.page_of_entries(
        session, rows=rows, query=query, permit_number=permit_number, pollutant=pollutant
    )
    return Page(items=[views.entry_view(each) for each in found], next_cursor=following)


async def balances(session: AsyncSession, *, year: int, control: Control) -> QuotaBalances:
    """What the accounts of each pollutant hold in a year, with the proof that nothing appeared or vanished."""
    by_pollutant: dict[str, list[rules.Entry]] = {name: [] for name in control.pollutants}
    for row in await repository.entries(session):
        by_pollutant.setdefault(row.pollutant, []).append(views.fact(row))
    return QuotaBalances(
        year=year,
        pollutants=[views.balance(name, entries, year) for name, entries in by_pollutant.items()],
    )

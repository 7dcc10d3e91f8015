"""Use case of the bureau: a notice moves the due day of one period's reports."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.permits.obligations import overrides, repository, rules_due, service
from services.permits.obligations.errors import DueOverrideExists, DueOverrideInvalid
from services.permits.obligations.models import DueOverride
from services.permits.obligations.schemas import (
    DueOverrideContent,
    DueOverrideCreate,
    DueOverridePage,
    DueOverrideRead,
)

ADDED = "permits.due_override_added.v1"


async def also_wrong(_: AsyncSession, __: Principal, content: DueOverrideContent) -> Findings:
    """What the rules say about a notice whose shape is wrong in places."""
    return findings_of(content)


def findings_of(content: DueOverrideContent) -> Findings:
    found = Findings()
    rules_due.check_override(found, kind=content.kind, period_end=content.period_end, due_on=content.due_on)
    return found


async def enter(session: AsyncSession, principal: Principal, content: DueOverrideCreate) -> DueOverrideRead:
    """Keeps a notice and moves the reports that are still to come; each move is told as an event."""
    findings_of(content).raise_if_any(DueOverrideInvalid)
    known = await repository.same_override(session, content)
    if known is not None:
        raise DueOverrideExists(due_override_id=str(known))
    row = DueOverride(
        id=new_id(), moved=0, added_by=principal.subject, added_at=clock.now(), **content.model_dump()
    )
    row.moved = await service.move_due_days(
        session, kind=content.kind, period_end=content.period_end, also=overrides.fact(content)
    )
    session.add(row)
    await session.flush()
    added = DueOverrideRead.model_validate(row)
    audit.record(
        session,
        principal,
        action=ADDED,
        entity="due_override",
        entity_id=row.id,
        after=added.model_dump(mode="json", exclude={"id", "added_by", "added_at"}),
    )
    return added


async def listing(session: AsyncSession, *, query: PageQuery) -> DueOverridePage:
    """The bureau's notices, newest first, beside those that ship."""
    found, following = await repository.page_of_overrides(session, query=query)
    items = [DueOverrideRead.model_validate(each) for each in found]
    return DueOverridePage(items=items, next_cursor=following, shipped=list(overrides.shipped()))

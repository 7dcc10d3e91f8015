"""Use cases of obligations: they follow from a permit; each can be asked for as a pre-filled blank."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.obligations import repository, rules
from services.permits.obligations.errors import ObligationNotFound
from services.permits.obligations.models import Obligation
from services.permits.obligations.schemas import ObligationRead
from services.permits.permits.models import Permit, PermitVersion
from services.permits.permits.schemas import ReportingDuties


async def generate(session: AsyncSession, permit: Permit, version: PermitVersion) -> None:
    """Adds every report that the permit owes over its life."""
    duties = rules.Duties(**ReportingDuties.model_validate(version.reporting).model_dump())
    owed = rules.reports_due(duties, valid_from=version.valid_from, valid_to=version.valid_to)
    session.add_all(
        Obligation(
            id=new_id(),
            permit_id=permit.id,
            permit_number=permit.permit_number,
            uscc=permit.uscc,
            kind=due.kind,
            period_start=due.period_start,
            period_end=due.period_end,
            due_on=due.due_on,
            basis=due.basis,
            created_at=clock.now(),
        )
        for due in owed
    )


def view(obligation: Obligation, *, today: date) -> ObligationRead:
    """An obligation as it stands on `today`."""
    if obligation.report_id is not None:
        state, until = "reported", obligation.reported_on
    elif obligation.period_end < today:
        state, until = "open", today
    else:
        state, until = "upcoming", None
    late = rules.days_late(obligation.due_on, until) if until else 0
    content = obligation.model_dump(exclude={"permit_id", "reported_on", "created_at"})
    return ObligationRead.model_validate({**content, "state": state, "days_late": late})


async def get(
    session: AsyncSession, rows: RowScope, obligation_id: uuid.UUID, *, lock: bool = False
) -> Obligation:
    obligation = await repository.by_id(session, obligation_id, rows=rows, lock=lock)
    if obligation is None:
        raise ObligationNotFound()
    return obligation


async def read(session: AsyncSession, rows: RowScope, obligation_id: uuid.UUID) -> ObligationRead:
    return view(await get(session, rows, obligation_id), today=clock.today())


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, **filters: Any
) -> Page[ObligationRead]:
    """A page of obligations, by the end of their periods."""
    today = clock.today()
    found, following = await repository.page_of(session, rows=rows, query=query, today=today, **filters)
    return Page(items=[view(each, today=today) for each in found], next_cursor=following)

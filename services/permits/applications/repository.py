"""SQL of applications."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.applications.models import (
    Application,
    ApplicationFinding,
    ApplicationNotice,
    ApplicationStep,
    ApplicationVersion,
)
from services.permits.applications.rules import DECIDED, OPEN, State
from services.permits.enterprises.models import Enterprise
from services.permits.permits.models import Permit

_WAITING = (State.SUBMITTED, State.CORRECTABLE)
_PUBLIC = (
    *(State.ACCEPTED, State.PAUSED, State.REVIEWED, *DECIDED),
    *(State.NOT_REQUIRED, State.NOT_COMPETENT, State.NOT_ACCEPTED),
)


async def by_id(
    session: AsyncSession, application_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Application | None:
    statement = select(Application).where(Application.id == application_id)
    statement = within_sites(
        rows, statement, col(Application.uscc), site=sa.func.coalesce(Application.permit_number, "")
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


def _lapsed(today: date) -> Any:
    """条例 art. 9(4): nothing was said in time."""
    return sa.and_(col(Application.state).in_(_WAITING), col(Application.completeness_due) < today)


def _standing(state: str, today: date) -> Any:
    """By law on `today`: what has lapsed is accepted."""
    if state == State.ACCEPTED:
        return sa.or_(col(Application.state) == state, _lapsed(today))
    if state in _WAITING:
        return sa.and_(col(Application.state) == state, col(Application.completeness_due) >= today)
    return col(Application.state) == state


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    today: date,
    state: str | None,
    due_before: date | None,
    **filters: str | None,
) -> tuple[list[Application], str | None]:
    """Newest first."""
    statement = within_sites(
        rows,
        select(Application),
        col(Application.uscc),
        site=sa.func.coalesce(Application.permit_number, ""),
    )
    statement = matching(statement, *((getattr(Application, name), value) for name, value in filters.items()))
    if state is not None:
        statement = statement.where(_standing(state, today))
    if due_before is not None:
        statement = statement.where(col(Application.due_on) < due_before)
    return await page(session, statement, by=[(col(Application.id), uuid.UUID)], query=query, descending=True)


async def page_of_public(
    session: AsyncSession, *, query: PageQuery, today: date, uscc: str | None, name: str | None
) -> tuple[list[Application], str | None]:
    """Newest first: those of which it was decided whether they are heard (条例 art. 9)."""
    statement = select(Application).where(
        sa.or_(col(Application.state).in_(_PUBLIC), _lapsed(today)),
    )
    if uscc is not None:
        statement = statement.where(Application.uscc == uscc)
    if name is not None:
        named = select(Enterprise.uscc).where(col(Enterprise.name).contains(name, autoescape=True))
        statement = statement.where(col(Application.uscc).in_(named))
    return await page(session, statement, by=[(col(Application.id), uuid.UUID)], query=query, descending=True)


async def serves_another(
    session: AsyncSession, uscc: str, notice_id: uuid.UUID, *, application_id: uuid.UUID | None
) -> bool:
    """Whether another application of the unit, undecided or granted, rests on this notice in its newest version."""
    named = col(ApplicationVersion.document)["disclosure_notice_id"].astext == str(notice_id)
    statement = (
        select(Application.id)
        .join(ApplicationVersion, col(ApplicationVersion.application_id) == Application.id)
        .where(
            Application.uscc == uscc,
            col(Application.state).in_((*OPEN, State.GRANTED, State.DELIVERED)),
            col(ApplicationVersion.version) == Application.version,
            named,
        )
    )
    if application_id is not None:
        statement = statement.where(Application.id != application_id)
    return (await session.exec(statement.limit(1))).first() is not None


async def lapsed_ids(session: AsyncSession, today: date) -> list[uuid.UUID]:
    """Applications of which nothing was said in time, and nobody wrote that down; oldest first."""
    statement = select(Application.id).where(_lapsed(today)).order_by(col(Application.id))
    return list(await session.exec(statement))


def _running() -> Any:
    """Where a period of the authority may run, that a round can tell of: a lapse is another round's."""
    states = (State.ACCEPTED, State.REVIEWED, State.PAUSED, State.GRANTED, State.REFUSED)
    return col(Application.state).in_(states)


async def due_by(session: AsyncSession, day: date) -> list[Application]:
    """Those whose next period ends by `day`, or of which that was never noted; by id."""
    ends = sa.or_(col(Application.due_on) <= day, col(Application.due_on).is_(None))
    statement = select(Application).where(sa.or_(_running(), col(Application.state).in_(_WAITING)), ends)
    return list(await session.exec(statement.order_by(col(Application.id))))


async def page_of_overdue(
    session: AsyncSession, *, query: PageQuery, today: date
) -> tuple[list[Application], str | None]:
    """Those whose period is over and that are not decided, or not delivered; the latest first."""
    statement = select(Application).where(_running(), col(Application.due_on) < today)
    by = [(col(Application.due_on), date), (col(Application.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query)


async def noticed(session: AsyncSession, ids: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, str, date, str]]:
    """What was told of these applications: clock, deadline and step."""
    statement = select(ApplicationNotice).where(col(ApplicationNotice.application_id).in_(ids))
    return {
        (each.application_id, each.clock, each.deadline, each.step) for each in await session.exec(statement)
    }


async def note(
    session: AsyncSession,
    application_id: uuid.UUID,
    *,
    clock: str,
    deadline: date,
    step: str,
    moment: datetime,
) -> bool:
    """Keeps that it was told; False where that had been kept before."""
    row = insert(ApplicationNotice).values(
        application_id=application_id, clock=clock, deadline=deadline, step=step, noticed_at=moment
    )
    kept = row.on_conflict_do_nothing().returning(sa.literal(1))
    return (await session.exec(kept)).first() is not None


async def open_for(session: AsyncSession, uscc: str, site_name: str, permit_number: str | None) -> bool:
    """Whether the site, or its permit, has an application that is not decided yet."""
    of_site = sa.and_(col(Application.uscc) == uscc, col(Application.site_name) == site_name)
    of_permit = col(Application.permit_number) == permit_number if permit_number is not None else sa.false()
    statement = select(Application.id).where(col(Application.state).in_(OPEN), sa.or_(of_site, of_permit))
    return (await session.exec(statement.limit(1))).first() is not None


async def permits_at(session: AsyncSession, uscc: str, site_name: str) -> dict[uuid.UUID, str]:
    """The permits of a site, by id: their numbers."""
    statement = select(Permit.id, Permit.permit_number).where(
        Permit.uscc == uscc, Permit.site_name == site_name
    )
    return dict((await session.exec(statement)).all())


async def steps_of(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[ApplicationStep]]:
    """The steps of each application, oldest first."""
    statement = (
        select(ApplicationStep)
        .where(col(ApplicationStep.application_id).in_(ids))
        .order_by(col(ApplicationStep.application_id), col(ApplicationStep.revision))
    )
    found: dict[uuid.UUID, list[ApplicationStep]] = {each: [] for each in ids}
    for step in await session.exec(statement):
        found[step.application_id].append(step)
    return found


async def findings_of(session: AsyncSession, application_id: uuid.UUID) -> list[ApplicationFinding]:
    """The newest finding of each condition."""
    statement = (
        select(ApplicationFinding)
        .where(ApplicationFinding.application_id == application_id)
        .order_by(col(ApplicationFinding.revision))
    )
    newest = {each.item: each for each in await session.exec(statement)}
    return list(newest.values())


async def version_of(
    session: AsyncSession, application_id: uuid.UUID, version: int
) -> ApplicationVersion | None:
    statement = select(ApplicationVersion).where(
        ApplicationVersion.application_id == application_id, ApplicationVersion.version == version
    )
    return (await session.exec(statement)).first()

"""SQL of obligations."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import cast

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.driven import Driven, detached
from services.kit.locking import locking, one_at_a_time
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, of_whoever, whose, within_sites
from services.permits.obligations.models import DueOverride, Obligation
from services.permits.obligations.schemas import DueOverrideContent
from services.permits.permits.models import PermitVersion


async def by_id(
    session: AsyncSession, obligation_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Obligation | None:
    statement = within_sites(
        rows,
        select(Obligation).where(Obligation.id == obligation_id),
        col(Obligation.uscc),
        site=col(Obligation.permit_number),
    )
    return (await session.exec(locking(statement) if lock else statement)).first()


_COLUMNS = cast(sa.Table, sa.inspect(Obligation).local_table).c
_LOCKED = Driven(
    sa.select(*_COLUMNS)
    .where(
        _COLUMNS.id == sa.bindparam("obligation_id"), of_whoever(_COLUMNS.uscc, site=_COLUMNS.permit_number)
    )
    .with_for_update()
)


async def locked(session: AsyncSession, obligation_id: uuid.UUID, *, rows: RowScope) -> Obligation | None:
    """As `by_id` with `lock`, as a copy: the session does not notice what is done to it."""
    found = await _LOCKED.fetch(session, obligation_id=obligation_id, **whose(rows))
    return detached(Obligation, **dict(zip(_COLUMNS.keys(), found[0], strict=True))) if found else None


async def lock_all(
    session: AsyncSession, obligation_ids: Collection[uuid.UUID], *, rows: RowScope
) -> dict[uuid.UUID, str]:
    """Those of these obligations that are the caller's, locked in the order of their ids: the permit of each."""
    statement = select(Obligation.id, Obligation.permit_number).where(col(Obligation.id).in_(obligation_ids))
    statement = within_sites(rows, statement, col(Obligation.uscc), site=col(Obligation.permit_number))
    found = await session.exec(statement.order_by(col(Obligation.id)).with_for_update())
    return dict(found.all())


async def of_permit(session: AsyncSession, permit_id: uuid.UUID) -> Sequence[Obligation]:
    """Every obligation of a permit, locked: none is reported while they are made anew."""
    statement = select(Obligation).where(Obligation.permit_id == permit_id)
    return (await session.exec(statement.order_by(col(Obligation.id)).with_for_update())).all()


async def versions_of(
    session: AsyncSession, permit_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[PermitVersion]]:
    """The versions of these permits, oldest first."""
    statement = select(PermitVersion).where(col(PermitVersion.permit_id).in_(permit_ids))
    found: dict[uuid.UUID, list[PermitVersion]] = {each: [] for each in permit_ids}
    for version in await session.exec(statement.order_by(col(PermitVersion.version))):
        found[version.permit_id].append(version)
    return found


async def overrides(session: AsyncSession) -> Sequence[DueOverride]:
    return (await session.exec(select(DueOverride).order_by(col(DueOverride.id)))).all()


async def page_of_overrides(
    session: AsyncSession, *, query: PageQuery
) -> tuple[list[DueOverride], str | None]:
    """Newest first."""
    by = [(col(DueOverride.id), uuid.UUID)]
    return await page(session, select(DueOverride), by=by, query=query, descending=True)


async def same_override(session: AsyncSession, notice: DueOverrideContent) -> uuid.UUID | None:
    """The notice that says the same; until the transaction ends nobody adds another."""
    await one_at_a_time(session, "permits.due_overrides")
    names = ("kind", "period_end", "due_on", "source", "noticed_on")
    statement = select(DueOverride).where(
        *(getattr(DueOverride, name) == getattr(notice, name) for name in names)
    )
    codes = set(notice.industry_codes)
    return next(
        (each.id for each in await session.exec(statement) if set(each.industry_codes) == codes), None
    )


async def unreported(session: AsyncSession, *, kind: str, period_end: date) -> Sequence[Obligation]:
    """The reports of one period that are still to come, of all permits, locked."""
    statement = select(Obligation).where(
        is_owed(), Obligation.kind == kind, Obligation.period_end == period_end
    )
    return (await session.exec(statement.order_by(col(Obligation.id)).with_for_update())).all()


def is_owed() -> sa.ColumnElement[bool]:
    """Neither reported, nor waived, merged or void."""
    return sa.and_(col(Obligation.report_id).is_(None), col(Obligation.standing) == "owed")


def _in_state(state: str, today: date) -> sa.ColumnElement[bool]:
    ended, reported = col(Obligation.period_end) < today, col(Obligation.report_id).is_not(None)
    by_state = {
        "reported": reported,
        "open": sa.and_(ended, is_owed()),
        "late": sa.and_(col(Obligation.due_on) < today, is_owed()),
        "upcoming": sa.and_(~ended, is_owed()),
    }
    return by_state[state] if state in by_state else col(Obligation.standing) == state


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    today: date,
    uscc: str | None,
    permit_number: str | None,
    kind: str | None,
    state: str | None,
    due_before: date | None,
) -> tuple[list[Obligation], str | None]:
    statement = within_sites(
        rows, select(Obligation), col(Obligation.uscc), site=col(Obligation.permit_number)
    )
    if state is not None:
        statement = statement.where(_in_state(state, today))
    if due_before is not None:
        statement = statement.where(Obligation.due_on < due_before)
    statement = matching(
        statement,
        (col(Obligation.uscc), uscc),
        (col(Obligation.permit_number), permit_number),
        (col(Obligation.kind), kind),
    )
    by = [(col(Obligation.period_end), date), (col(Obligation.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query)

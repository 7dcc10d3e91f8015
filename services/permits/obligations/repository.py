"""SQL of obligations."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.obligations.models import Obligation


async def by_id(
    session: AsyncSession, obligation_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Obligation | None:
    statement = within_sites(
        rows,
        select(Obligation).where(Obligation.id == obligation_id),
        col(Obligation.uscc),
        site=col(Obligation.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


def _in_state(state: str, today: date) -> sa.ColumnElement[bool]:
    ended, reported = col(Obligation.period_end) < today, col(Obligation.report_id).is_not(None)
    by_state = {
        "reported": reported,
        "open": sa.and_(ended, ~reported),
        "upcoming": sa.and_(~ended, ~reported),
    }
    return by_state[state]


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
    for column, value in (
        (Obligation.uscc, uscc),
        (Obligation.permit_number, permit_number),
        (Obligation.kind, kind),
    ):
        if value is not None:
            statement = statement.where(col(column) == value)
    by = [(col(Obligation.period_end), date), (col(Obligation.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query)

"""SQL of budgets."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.waste.budgets.models import Budget, BudgetEntry


async def locked(session: AsyncSession, budget_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Budget]:
    """These budgets, locked for this transaction, always in the same order: two submissions never deadlock."""
    statement = (
        select(Budget)
        .where(col(Budget.id).in_(set(budget_ids)))
        .order_by(col(Budget.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {budget.id: budget for budget in await session.exec(statement)}


async def of_groups(
    session: AsyncSession, group_ids: Iterable[uuid.UUID], *, year: int
) -> dict[uuid.UUID, Budget]:
    """The budgets of these licence groups in a year, by group."""
    statement = select(Budget).where(col(Budget.licence_group_id).in_(set(group_ids)), Budget.year == year)
    found = await session.exec(statement)
    return {budget.licence_group_id: budget for budget in found if budget.licence_group_id is not None}


async def of_plan_lines(session: AsyncSession, line_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Budget]:
    """The budgets of these plan lines, by line; a plan is for one year."""
    found = await session.exec(select(Budget).where(col(Budget.plan_line_id).in_(set(line_ids))))
    return {budget.plan_line_id: budget for budget in found if budget.plan_line_id is not None}


async def reservations_of(session: AsyncSession, manifest_id: uuid.UUID) -> Sequence[BudgetEntry]:
    """What a manifest reserved when it was submitted, by line."""
    statement = (
        select(BudgetEntry)
        .where(BudgetEntry.manifest_id == manifest_id, BudgetEntry.movement == "reserve")
        .order_by(col(BudgetEntry.line))
    )
    return (await session.exec(statement)).all()

"""SQL of rule packs and evaluations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading.models import Evaluation, RulePack
from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within


async def pack_on(session: AsyncSession, day: date, *, known_at: datetime | None = None) -> RulePack | None:
    """The pack in force on `day`, of those published by `known_at`: the one with the newest validity."""
    wanted = select(RulePack).where(
        RulePack.valid_from <= day, sa.or_(col(RulePack.valid_to).is_(None), col(RulePack.valid_to) >= day)
    )
    if known_at is not None:
        wanted = wanted.where(RulePack.published_at <= known_at)
    newest = wanted.order_by(col(RulePack.valid_from).desc(), col(RulePack.log_index).desc()).limit(1)
    return (await session.exec(newest)).first()


async def pack_by_digest(session: AsyncSession, sha256: str) -> RulePack | None:
    return (await session.exec(select(RulePack).where(RulePack.sha256 == sha256))).first()


async def packs_page(session: AsyncSession, *, query: PageQuery) -> tuple[list[RulePack], str | None]:
    """In order of publication."""
    return await page(session, select(RulePack), by=[(col(RulePack.log_index), int)], query=query)


async def evaluation(session: AsyncSession, evaluation_id: uuid.UUID, *, rows: RowScope) -> Evaluation | None:
    statement = select(Evaluation).where(Evaluation.id == evaluation_id)
    return (await session.exec(within(rows, statement, col(Evaluation.uscc)))).first()


async def newest_evaluation(session: AsyncSession, uscc: str) -> Evaluation | None:
    """The caller has already been allowed to see the enterprise."""
    statement = select(Evaluation).where(Evaluation.uscc == uscc)
    return (await session.exec(statement.order_by(col(Evaluation.log_index).desc()).limit(1))).first()


async def evaluations_page(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None
) -> tuple[list[Evaluation], str | None]:
    """Newest first."""
    statement = within(rows, select(Evaluation), col(Evaluation.uscc))
    if uscc is not None:
        statement = statement.where(Evaluation.uscc == uscc)
    by = [(col(Evaluation.log_index), int)]
    return await page(session, statement, by=by, query=query, descending=True)


async def packs_in_log(session: AsyncSession, indices: Sequence[int]) -> Sequence[RulePack]:
    return (await session.exec(select(RulePack).where(col(RulePack.log_index).in_(indices)))).all()


async def evaluations_in_log(session: AsyncSession, indices: Sequence[int]) -> Sequence[Evaluation]:
    return (await session.exec(select(Evaluation).where(col(Evaluation.log_index).in_(indices)))).all()


async def evaluations_after(session: AsyncSession, index: int, *, limit: int = 200) -> Sequence[Evaluation]:
    """In the order of the log, after an index of it."""
    statement = select(Evaluation).where(Evaluation.log_index > index)
    return (await session.exec(statement.order_by(col(Evaluation.log_index)).limit(limit))).all()

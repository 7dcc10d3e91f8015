"""SQL of the log. Reads need no scope: hashes say nothing about anybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.log.merkle import Node, Range, complete_subtrees, hash_ranges
from services.credit.log.models import LogCheckpoint, LogEntry, LogNode

_LOCK = 152501_0003


async def lock(session: AsyncSession) -> None:
    """One appender at a time, until the end of the transaction."""
    await session.exec(select(sa.func.pg_advisory_xact_lock(_LOCK)))


async def newest_checkpoint(session: AsyncSession) -> LogCheckpoint | None:
    statement = select(LogCheckpoint).order_by(col(LogCheckpoint.size).desc()).limit(1)
    return (await session.exec(statement)).first()


async def checkpoint_of(session: AsyncSession, size: int) -> LogCheckpoint | None:
    return (await session.exec(select(LogCheckpoint).where(LogCheckpoint.size == size))).first()


async def entry_at(session: AsyncSession, index: int) -> LogEntry | None:
    return (await session.exec(select(LogEntry).where(LogEntry.index == index))).first()


async def newest_of(session: AsyncSession, subject: str, *, size: int | None = None) -> LogEntry | None:
    """The newest entry about this enterprise, in the tree of `size` leaves or in the whole log."""
    statement = select(LogEntry).where(LogEntry.subject == subject)
    if size is not None:
        statement = statement.where(LogEntry.index < size)
    newest = statement.order_by(col(LogEntry.subject_sequence).desc()).limit(1)
    return (await session.exec(newest)).first()


async def entries_from(session: AsyncSession, index: int, *, limit: int) -> Sequence[LogEntry]:
    statement = select(LogEntry).where(LogEntry.index >= index).order_by(col(LogEntry.index)).limit(limit)
    return (await session.exec(statement)).all()


async def checkpoints_from(session: AsyncSession, size: int, *, limit: int) -> Sequence[LogCheckpoint]:
    statement = select(LogCheckpoint).where(LogCheckpoint.size >= size)
    return (await session.exec(statement.order_by(col(LogCheckpoint.size)).limit(limit))).all()


async def nodes(session: AsyncSession, wanted: Collection[Node]) -> dict[Node, bytes]:
    """The stored hashes of these subtrees, by primary key."""
    if not wanted:
        return {}
    key = sa.tuple_(col(LogNode.level), col(LogNode.index))
    found = await session.exec(
        select(LogNode.level, LogNode.index, LogNode.hash).where(key.in_(list(wanted)))
    )
    return {(level, index): value for level, index, value in found}


async def range_hashes(session: AsyncSession, ranges: Iterable[Range]) -> list[bytes]:
    """The hash of each range of leaves, in one query."""
    ranges = list(ranges)
    stored = await nodes(session, {node for each in ranges for node in complete_subtrees(each)})
    return hash_ranges(ranges, stored)


async def node_count(session: AsyncSession) -> int:
    return (await session.exec(select(sa.func.count()).select_from(LogNode))).one()


async def size_at(session: AsyncSession, moment: datetime) -> int:
    """How many entries the log had at a moment; times never run backwards along it."""
    statement = select(LogCheckpoint.size).where(LogCheckpoint.signed_at <= moment)
    newest = statement.order_by(col(LogCheckpoint.signed_at).desc(), col(LogCheckpoint.size).desc()).limit(1)
    return (await session.exec(newest)).first() or 0

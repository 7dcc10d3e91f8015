"""SQL of records. An enterprise sees its own records once they are approved; drafts are the office's."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from services.credit.log.models import LogEntry
from services.credit.records.models import Record
from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within


def _visible(rows: RowScope, statement: SelectOfScalar[Record]) -> SelectOfScalar[Record]:
    if rows.everything:
        return statement
    return within(rows, statement.where(Record.state == "approved"), col(Record.uscc))


async def by_id(
    session: AsyncSession, record_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Record | None:
    statement = _visible(rows, select(Record).where(Record.id == record_id))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def by_business_key(
    session: AsyncSession, *, source_key: str, document_key: str, uscc: str
) -> Record | None:
    """The record of this document for this enterprise; the caller records for the whole city."""
    statement = select(Record).where(
        Record.source_key == source_key, Record.document_key == document_key, Record.uscc == uscc
    )
    return (await session.exec(statement)).first()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    uscc: str | None = None,
    kind: str | None = None,
    state: str | None = None,
) -> tuple[list[Record], str | None]:
    """Newest first."""
    statement = _visible(rows, select(Record))
    statement = matching(
        statement, (col(Record.uscc), uscc), (col(Record.kind), kind), (col(Record.state), state)
    )
    return await page(session, statement, by=[(col(Record.id), uuid.UUID)], query=query, descending=True)


async def admitted(session: AsyncSession, uscc: str, *, tree_size: int) -> Sequence[Record]:
    """The admitted records of an enterprise below a size of the tree, in the order of the log."""
    statement = select(Record).where(Record.uscc == uscc, col(Record.log_index) < tree_size)
    return (await session.exec(statement.order_by(col(Record.log_index)))).all()


async def in_log(session: AsyncSession, indices: Sequence[int]) -> Sequence[Record]:
    return (await session.exec(select(Record).where(col(Record.log_index).in_(indices)))).all()


async def approved_outside_log(session: AsyncSession) -> Sequence[uuid.UUID]:
    """Records that say they are approved and that no entry of the log is about."""
    entry = select(LogEntry.index).where(
        LogEntry.index == Record.log_index, LogEntry.entity_id == Record.id, LogEntry.kind == Record.kind
    )
    statement = select(Record.id).where(Record.state == "approved", ~entry.exists())
    return (await session.exec(statement)).all()

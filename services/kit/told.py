"""What waits for the end of its transaction and is written by one statement, the last: trail, events, and the answer
that the request's idempotency key is to have."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.database import before_commit
from services.kit.driven import Driven, rows_of
from services.kit.tables import AuditRow, EventRow, IdempotencyRow

_TOLD, _ANSWER, _WITH = "told", "answer", "with_told"
Row = dict[str, Any]


def _insert(table: sa.Table, *, without: Collection[str] = ()) -> sa.CTE:
    columns = [each for each in table.c if each.name not in without]
    rows, names = rows_of(f"of_{table.name}", columns), [each.name for each in columns]
    return (
        table.insert()
        .from_select(names, sa.select(*(rows.c[name] for name in names)))
        .cte(f"told_{table.name}")
    )


_AUDIT, _EVENTS, _KEYS = (
    cast(sa.Table, sa.inspect(each).local_table) for each in (AuditRow, EventRow, IdempotencyRow)
)
_ROWS = (_insert(_AUDIT), _insert(_EVENTS, without=("sequence", "position")))
_ANSWERED = (
    _KEYS.update()
    .where(_KEYS.c.caller == sa.bindparam("of_caller"), _KEYS.c.key == sa.bindparam("of_key"))
    .values({name: sa.bindparam(name, type_=_KEYS.c[name].type) for name in ("status", "headers", "body")})
    .returning(_KEYS.c.key)
    .cte("answered")
)


class Writing:
    """The statement that writes what is told, and with it these parts, that nothing else in a transaction reads."""

    def __init__(self, *parts: sa.CTE) -> None:
        self.alone = Driven(sa.select(sa.literal(1)).add_cte(*_ROWS, *parts))
        self.answering = Driven(sa.select(sa.func.count()).select_from(_ANSWERED).add_cte(*_ROWS, *parts))


_WRITING = Writing()
Told = dict[type[AuditRow] | type[EventRow], list[Row]]


def tell(session: AsyncSession, table: type[AuditRow] | type[EventRow], row: Row) -> None:
    """Has the row written when the transaction commits; not at all where its savepoint is rolled back."""
    waiting_in(session)[table].append(row)


def waiting_in(session: AsyncSession) -> Told:
    """What was told in this transaction so far, in its order."""
    found: Told | None = session.info.get(_TOLD)
    if found is None:
        found = session.info[_TOLD] = {AuditRow: [], EventRow: []}
        before_commit(session, _TOLD, _write)
    return found


def answer(
    session: AsyncSession, *, caller: str, key: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Has the answer kept with the idempotency key that this transaction has claimed, when it commits."""
    waiting_in(session)
    kept = {"status": status, "headers": headers, "body": body}
    session.info[_ANSWER] = {"of_caller": caller, "of_key": key, **kept}


def write_with(session: AsyncSession, writing: Writing, given: Row) -> None:
    """Has parts of a statement executed with what is told, when the transaction commits: a round trip less.

    Once in a transaction, and not within a savepoint: RuntimeError.
    """
    if _WITH in session.info or session.in_nested_transaction():
        raise RuntimeError("only one statement goes with the last one, and with all of its transaction")
    waiting_in(session)
    session.info[_WITH] = writing, given


async def _write(session: AsyncSession) -> None:
    told: Told = session.info.pop(_TOLD)
    answered: Row | None = session.info.pop(_ANSWER, None)
    writing, given = session.info.pop(_WITH, (_WRITING, {}))
    if answered is None and writing is _WRITING and not any(told.values()):
        return
    rows = {f"of_{table.__tablename__}": _encode(each) for table, each in told.items()}
    if answered is None:
        await writing.alone.fetch(session, **rows, **given)
    elif (await writing.answering.fetch(session, **rows, **answered, **given))[0][0] != 1:
        raise RuntimeError("the claim of an idempotency key is gone")


def _as_json(value: object) -> str:
    if isinstance(value, datetime | uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


_encode = json.JSONEncoder(default=_as_json).encode


@asynccontextmanager
async def savepoint(session: AsyncSession) -> AsyncIterator[None]:
    """A part of the transaction that can fail alone: what was done or told in a block that raises does not stay."""
    waiting = waiting_in(session)
    before = {table: len(rows) for table, rows in waiting.items()}
    try:
        async with session.begin_nested():
            yield
    except BaseException:
        for table, length in before.items():
            del waiting[table][length:]
        raise

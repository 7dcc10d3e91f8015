"""Keyset pages: a list in a stable order, read from where the last page ended. Never OFFSET, never COUNT."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Query
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from services.kit.problems import BadRequest
from services.kit.requests import is_storable
from services.kit.texts import Text

Row = TypeVar("Row")
Out = TypeVar("Out")

_READERS: dict[type, Callable[[str], Any]] = {
    str: str,
    int: int,
    uuid.UUID: uuid.UUID,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


class BadCursor(BadRequest):
    code = "bad_cursor"
    title = Text(zh="游标无效", en="The cursor does not hold")


@dataclass(frozen=True, slots=True)
class PageQuery:
    """`limit` and `cursor` of a list."""

    limit: int = 50
    cursor: str | None = None


async def _asked(
    limit: Annotated[int, Query(ge=1, le=500, description="how many items at most")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="`next_cursor` of the page before, of the same list")
    ] = None,
) -> PageQuery:
    return PageQuery(limit, cursor)


Paging = Annotated[PageQuery, Depends(_asked)]


def encode(values: Sequence[Any]) -> str:
    texts = [value.isoformat() if isinstance(value, date) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def decode(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The key that a cursor stands for; raises `BadCursor` for anything that `encode` did not make."""
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if not isinstance(texts, list) or len(texts) != len(kinds):
            raise BadCursor()
        if any(not isinstance(text, str) or not is_storable(text) for text in texts):
            raise BadCursor()
        values = [_READERS[kind](text) for kind, text in zip(kinds, texts, strict=True)]
        if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values):
            raise BadCursor()
        if any(isinstance(value, datetime) and value.utcoffset() is None for value in values):
            raise BadCursor()
    except (ValueError, binascii.Error, UnicodeError, RecursionError) as error:
        raise BadCursor() from error
    return values


def _bound(value: Any, column: Any) -> Any:
    """A cursor may name an integer beyond the column's range: it is compared as a wide one."""
    return sa.literal(value, sa.BigInteger() if isinstance(value, int) else column.type)


async def page(
    session: AsyncSession,
    statement: SelectOfScalar[Row],
    *,
    by: Sequence[tuple[Any, type]],
    query: PageQuery,
    descending: bool = False,
) -> tuple[list[Row], str | None]:
    """One page of `statement` ordered by the columns `by` (each with its Python type; together unique).

    Returns the rows and the cursor of the next page, None on the last.
    """
    columns = [column for column, _ in by]
    if query.cursor is not None:
        values = decode(query.cursor, [kind for _, kind in by])
        typed = [_bound(value, column) for value, column in zip(values, columns, strict=True)]
        key, after = sa.tuple_(*columns), sa.tuple_(*typed)
        statement = statement.where(key < after if descending else key > after)
    order = [column.desc() if descending else column.asc() for column in columns]
    rows = list((await session.exec(statement.order_by(*order).limit(query.limit + 1))).all())
    if len(rows) <= query.limit:
        return rows, None
    last = rows[query.limit - 1]
    return rows[: query.limit], encode([getattr(last, column.key) for column in columns])

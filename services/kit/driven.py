"""Statements that are put together once and executed by the driver itself: for paths that are taken all the time.

What SQLAlchemy does around a statement takes several times as long as the statement. These use the connection and the
transaction of the session, and their errors are those that SQLAlchemy would raise (decision 0039).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, cast

import asyncpg
import sqlalchemy as sa
import sqlalchemy.orm
from sqlalchemy.dialects.postgresql import asyncpg as dialect_of_asyncpg
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import tracing
from services.kit.statements import described

_DIALECT = dialect_of_asyncpg.dialect()  # type: ignore[no-untyped-call]
_ADAPTED = dialect_of_asyncpg.AsyncAdapt_asyncpg_dbapi.Error
_DRIVER = "driver"
_LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
Convert = Callable[[Any], Any]
Row = TypeVar("Row", bound=SQLModel)


class Driven:
    """One statement with named parameters; what they may be is what SQLAlchemy's types take.

    No `IN` of a list: an array and `= ANY` instead. Pending objects of the session are not flushed before it.
    """

    def __init__(self, statement: sa.sql.ClauseElement) -> None:
        self._statement = statement

    @cached_property
    def _compiled(self) -> Any:
        return self._statement.compile(dialect=_DIALECT)

    @cached_property
    def _parameters(self) -> list[tuple[str, Convert | None, Any]]:
        """Name, what makes a value one of the driver's, and the value where none is given, in their order."""
        processors = self._compiled._bind_processors
        constants = self._compiled.params
        return [
            (name, processors.get(name), constants.get(name)) for name in self._compiled.positiontup or ()
        ]

    def _values(self, given: Mapping[str, Any]) -> list[Any]:
        values = []
        for name, convert, constant in self._parameters:
            value = given.get(name, constant)
            values.append(value if convert is None else convert(value))
        return values

    async def fetch(self, session: AsyncSession, **given: Any) -> Sequence[Sequence[Any]]:
        """The rows of the answer, each in the order of the columns, with the driver's values: aware, Decimal, UUID."""
        rows: Sequence[Sequence[Any]] = await self._executed(session, "fetch", self._values(given))
        return rows

    async def many(self, session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
        """Once for each of the rows of parameters, in their order."""
        if len(rows) == 1:
            await self._executed(session, "execute", self._values(rows[0]))
        elif rows:
            await self._executed(session, "executemany", [[self._values(row) for row in rows]])

    async def _executed(self, session: AsyncSession, method: str, values: list[Any]) -> Any:
        driver = await _driver_of(session)
        text = self._compiled.string
        parent = tracing.current()
        span = parent.child(*_named(text)) if parent is not None else None
        try:
            found = await getattr(driver, method)(text, *values)
        except _LOST as error:
            if span is not None:
                span.end(error=type(error).__name__)
            raise _as_sqlalchemy(text, error, lost=driver.is_closed()) from error
        if span is not None:
            span.end()
        return found


def detached(table: type[Row], **values: Any) -> Row:
    """An object of a whole row that no session knows or notices changes of; made in a tenth of the time of `table(…)`.

    TypeError where a column is missing or unknown.
    """
    row: Row = table.__new__(table)
    manager: Any = sa.orm.attributes.manager_of_class(table)
    if values.keys() != manager.keys():
        raise TypeError(f"{table.__name__}: {sorted(values)} are not its columns")
    if not manager.mapper.configured:
        sa.orm.configure_mappers()
    manager.setup_instance(row)
    row.__dict__.update(values)
    return row


def _named(text: str) -> tuple[str, str, dict[str, str | int]]:
    name, attributes = described(text)
    return name, "client", attributes


async def _driver_of(session: AsyncSession) -> asyncpg.Connection:
    """The connection of the session's transaction, which has begun."""
    known: asyncpg.Connection | None = session.info.get(_DRIVER)
    if known is None or not session.in_transaction():  # after a rollback it is somebody else's
        adapted: Any = (await (await session.connection()).get_raw_connection()).dbapi_connection
        known = cast(asyncpg.Connection, adapted.driver_connection)
        if not known.is_in_transaction():
            try:
                await adapted._start_transaction()
            except _ADAPTED as error:  # not SQLAlchemy's own: this is called past it
                raise _as_sqlalchemy("BEGIN", error, lost=known.is_closed()) from error
        session.info[_DRIVER] = known
    return known


def _as_sqlalchemy(text: str, error: Exception, *, lost: bool) -> sa.exc.DBAPIError:
    kind = sa.exc.IntegrityError if isinstance(error, asyncpg.IntegrityConstraintViolationError) else None
    return (kind or sa.exc.DBAPIError)(text, None, error, hide_parameters=True, connection_invalidated=lost)

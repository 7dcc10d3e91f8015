"""Statements that are put together once and executed by the driver itself: for paths that are taken all the time.

What SQLAlchemy does around a statement takes several times as long as the statement. These use the connection and the
transaction of the session, and their errors are those that SQLAlchemy would raise (decision 0039).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import sqlalchemy as sa
import sqlalchemy.orm
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.dialects.postgresql import asyncpg as dialect_of_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import tracing
from services.kit.statements import described

_DIALECT = dialect_of_asyncpg.dialect()  # type: ignore[no-untyped-call]
_ADAPTED = dialect_of_asyncpg.AsyncAdapt_asyncpg_dbapi.Error
_HELD = "held"
Convert = Callable[[Any], Any]
Row = TypeVar("Row", bound=SQLModel)


class Driven:
    """One statement with named parameters; what they may be is what SQLAlchemy's types take.

    No `IN` of a list: an array and `= ANY` instead. Pending objects of the session are not flushed before it.
    TypeError where a parameter is missing or unknown.
    """

    def __init__(self, statement: sa.sql.ClauseElement) -> None:
        self._statement = statement

    @cached_property
    def _compiled(self) -> Any:
        return self._statement.compile(dialect=_DIALECT)

    @cached_property
    def _parameters(self) -> list[tuple[str, Convert | None, Any]]:
        """Name, what makes a value one of the driver's, and the value of one that is part of the statement."""
        processors, values = self._compiled._bind_processors, self._compiled.params
        return [(name, processors.get(name), values[name]) for name in self._compiled.positiontup or ()]

    @cached_property
    def _asked(self) -> frozenset[str]:
        return frozenset(name for name, bind in self._compiled.binds.items() if bind.required)

    def _values(self, given: Mapping[str, Any]) -> list[Any]:
        if given.keys() != self._asked:
            raise TypeError(f"{sorted(given.keys() ^ self._asked)}: not the statement's parameters")
        values = []
        for name, convert, constant in self._parameters:
            value = given.get(name, constant)
            values.append(value if convert is None else convert(value))
        return values

    async def fetch(self, session: AsyncSession, **given: Any) -> Sequence[Sequence[Any]]:
        """The rows of the answer, each in the order of the columns, with the driver's values: aware, Decimal, UUID."""
        rows: Sequence[Sequence[Any]] = await self._executed(session, "fetch", given)
        return rows

    async def execute(self, session: AsyncSession, **given: Any) -> str:
        """What PostgreSQL says that it did: `UPDATE 1`."""
        said: str = await self._executed(session, "execute", given)
        return said

    async def _executed(self, session: AsyncSession, method: str, given: Mapping[str, Any]) -> Any:
        values, text = self._values(given), self._compiled.string
        held = await _held_by(session)
        name, attributes = described(text)
        span = tracing.begin(name, "client", attributes)
        try:
            found = await getattr(held.driver, method)(text, *values)
        except BaseException as error:
            if span is not None:
                span.end(error=type(error).__name__)
            if isinstance(error, Exception):
                raise await held.said_by_sqlalchemy(text, error) from error
            raise
        if span is not None:
            span.end()
        return found


@dataclass(frozen=True, slots=True)
class _Held:
    """The connection of a session's transaction: SQLAlchemy's, its adapter of the driver's, and the driver's own."""

    transaction: sa.orm.SessionTransaction | None
    connection: AsyncConnection
    adapted: Any
    driver: Any

    async def said_by_sqlalchemy(self, text: str, error: Exception) -> Exception:
        """The error that SQLAlchemy would raise; it gives up the connection where that is lost, as it would itself."""
        known = self._translated(error)
        if not isinstance(known, _ADAPTED):
            return known  # none of the database's: as it is
        lost = self.driver.is_closed()
        if lost:
            await self.connection.invalidate(known)
        said = sa.exc.DBAPIError.instance(
            text,
            None,
            known,
            _ADAPTED,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=_DIALECT,
        )
        return cast(Exception, said)

    def _translated(self, error: Exception) -> Exception:
        try:
            self.adapted._handle_exception(error)
        except Exception as known:
            return known
        return error


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


def rows_of(parameter: str, columns: Iterable[sa.Column[Any]], *, given: Any = None) -> Any:
    """Rows that come as one JSON text, an array of objects by the names of these columns: `….c[name]` is one of them.

    A statement that takes its rows so is the same however many there are. `given` is an array of the statement's own,
    in place of the parameter; members without a column are passed over.
    """
    if given is None:
        given = sa.cast(sa.bindparam(parameter, type_=sa.Text()), JSON)
    named = (sa.column(each.name, each.type) for each in columns)
    return (
        sa.func.json_to_recordset(given).table_valued(*named, name=parameter).render_derived(with_types=True)
    )


async def _held_by(session: AsyncSession) -> _Held:
    """What the session works on, in a transaction that has begun; PendingRollbackError where that has failed."""
    known: _Held | None = session.info.get(_HELD)
    present = session.sync_session.get_transaction()
    if known is not None and known.transaction is present and present is not None and present.is_active:
        return known
    connection = await session.connection()
    adapted: Any = (await connection.get_raw_connection()).dbapi_connection
    held = _Held(session.sync_session.get_transaction(), connection, adapted, adapted.driver_connection)
    if not held.driver.is_in_transaction():
        try:
            await adapted._start_transaction()  # SQLAlchemy would with its first statement
        except Exception as error:
            raise await held.said_by_sqlalchemy("BEGIN", error) from error
        except BaseException:
            held.driver.terminate()  # it may be in a transaction that SQLAlchemy knows nothing of
            raise
    session.info[_HELD] = held
    return held

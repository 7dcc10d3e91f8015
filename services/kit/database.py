"""One database per service: engine, sessions, transactions and what every table has in common."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import tracing
from services.kit.clock import CITY_TIME
from services.kit.lanes import Places
from services.kit.pool import InOrderPool

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Limits that the server keeps for us: a lost client or a lock that never comes must not hold others.
SERVER_SETTINGS = {
    "timezone": "UTC",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}


# A host that is gone says nothing: no answer to a question after so many seconds, or to a probe, and it is given up.
# What waits for a long statement is not: its host answers the probes.
CONNECT_SECONDS = 10
GONE_SECONDS = 30
_PROBES = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": GONE_SECONDS * 1000}


def new_metadata() -> sa.MetaData:
    """A service's own set of tables, with constraint names that migrations can rely on."""
    return sa.MetaData(naming_convention=NAMING)


def timestamp() -> sa.types.TypeEngine[datetime]:
    """The column type of moments: always aware."""
    return sa.DateTime(timezone=True)


def day_of(moment: Any) -> sa.ColumnElement[date]:
    """The day in the city on which a moment lies, in SQL."""
    return sa.cast(sa.func.timezone(str(CITY_TIME), moment), sa.Date)


def exact() -> sa.types.TypeEngine[Decimal]:
    """The column type of mass, money and emissions: PostgreSQL's NUMERIC, which keeps the places as given."""
    return sa.Numeric()


def json_document() -> sa.types.TypeEngine[Any]:
    """The column type of JSON documents."""
    return JSONB()


_BEFORE_COMMIT, _AFTER_COMMIT = "before_commit", "after_commit"
_COMMIT = {"db.system.name": "postgresql", "db.operation.name": "COMMIT"}


class Database:
    """The engine of one process and the only place that commits."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.places = Places(pool_size)
        self.engine: AsyncEngine = create_async_engine(
            url,
            poolclass=InOrderPool,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,  # they hold personal data, and errors are logged
            pool_pre_ping=False,  # a round trip more for each transaction; `_refuse_closed` costs none
            connect_args={"server_settings": SERVER_SETTINGS, "timeout": CONNECT_SECONDS},
        )
        sa.event.listen(self.engine.sync_engine, "do_connect", _connect)
        sa.event.listen(self.engine.sync_engine, "connect", _probe_host)
        sa.event.listen(self.engine.sync_engine, "checkout", _refuse_closed)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: commits when the block ends, rolls back when it raises or is cancelled.

        What was given to `before_commit` is part of the work; callbacks given to `after_commit` run once it is durable.
        """
        async with self.places.taken():
            session = AsyncSession(self.engine, expire_on_commit=False)
            try:
                yield session
                await _commit(session)
            except BaseException as error:
                # Closing rolls back, shielded from cancellation, and never hides why the block ended.
                await session.__aexit__(type(error), error, error.__traceback__)
                raise
            session.sync_session.close()  # there is nothing to wait for: its connection is back in the pool

    async def ready(self) -> None:
        """Raises unless the database answers."""
        async with self.engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


async def _commit(session: AsyncSession) -> None:
    await _finish(session)
    span = tracing.begin("COMMIT", "client", _COMMIT)
    try:
        await session.commit()
    finally:
        if span is not None:
            span.end()
    for callback in session.info.pop(_AFTER_COMMIT, {}).values():
        callback()


async def _finish(session: AsyncSession) -> None:
    """What is still to be written: the session's objects, and what waits for the end, until nothing does."""
    if session.new or session.dirty or session.deleted:
        await session.flush()
    while writes := session.info.pop(_BEFORE_COMMIT, None):
        for write in writes.values():
            await write(session)


class DatabaseUnreachableError(ConnectionError):
    """No connection to the server can be made; its cause says why."""


def _connect(dialect: sa.Dialect, _record: object, where: Any, how: Any) -> DBAPIConnection:
    """Names what the driver lets through as it comes: an error of a socket would pass for one of a disk."""
    try:
        return dialect.connect(*where, **how)
    except OSError as error:
        raise DatabaseUnreachableError(*error.args) from error


def _probe_host(connection: DBAPIConnection, _record: object) -> None:
    """Has the kernel give up a connection whose host is gone; the driver sets nothing of the kind."""
    sock: socket.socket | None = connection.driver_connection._transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):  # lost already: whoever uses it hears of that
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _PROBES.items():
            if hasattr(socket, name):  # not every system has all of them
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _refuse_closed(connection: DBAPIConnection, _record: object, _fairy: object) -> None:
    """Has the pool replace a connection that the server has closed, after its restart for instance."""
    if connection.driver_connection.is_closed():
        raise sa.exc.DisconnectionError


def is_busy(error: sa.exc.DBAPIError) -> bool:
    """Whether somebody else is at the same rows: lock time-out, serialisation failure, deadlock."""
    return sqlstate(error) in {"55P03", "40001", "40P01"}


def is_away(error: sa.exc.DBAPIError) -> bool:
    """Whether the server is not able to work just now, whatever it was asked to do.

    Classes of SQLSTATE: 08 connection, 53 resources, 57 operator (shutdown, start, statement time-out), 58 system.
    The driver's own error is of a connection of which it has read the server's last word, and not yet the end.
    """
    lost = error.connection_invalidated or isinstance(
        error.orig, AsyncAdapt_asyncpg_dbapi.InternalClientError
    )
    return lost or sqlstate(error).startswith(("08", "53", "57", "58"))


def sqlstate(error: sa.exc.DBAPIError) -> str:
    """PostgreSQL's code of an error; empty where the error is the driver's own."""
    return getattr(error.orig, "sqlstate", None) or ""


def before_commit(session: AsyncSession, name: str, write: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Have `write` run as the last thing in this transaction; once per name however often it is asked for."""
    session.info.setdefault(_BEFORE_COMMIT, {})[name] = write


def after_commit(session: AsyncSession, name: str, callback: Callable[[], None]) -> None:
    """Have `callback` run after this transaction's commit; once per name however often it is asked for."""
    session.info.setdefault(_AFTER_COMMIT, {})[name] = callback

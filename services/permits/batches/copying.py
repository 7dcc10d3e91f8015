"""COPY through the request's own connection: rows of a file enter in its transaction, as fast as the server takes them.

SQLAlchemy has no COPY; asyncpg, which it drives, has. What goes wrong is raised as SQLAlchemy would raise it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

NULL = "\\N"


def text_of(value: str | None) -> str:
    """A value as a column of COPY's text format."""
    if value is None:
        return NULL
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    return value.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


async def copy_rows(
    session: AsyncSession, table: str, columns: Sequence[str], rows: AsyncIterator[bytes]
) -> None:
    """Appends `rows`, lines of COPY's text format in pieces of any size."""
    connection: Any = await (await session.connection()).get_raw_connection()
    try:
        await connection.driver_connection.copy_to_table(table, source=rows, columns=list(columns))
    except asyncpg.UniqueViolationError as error:
        raise sa.exc.IntegrityError("COPY", None, error) from error
    except asyncpg.PostgresConnectionError as error:
        raise sa.exc.DBAPIError("COPY", None, error, connection_invalidated=True) from error
    except asyncpg.PostgresError as error:
        raise sa.exc.DBAPIError("COPY", None, error) from error
    except asyncpg.InterfaceError as error:
        raise ConnectionError("the connection to the database is closed") from error

"""Everything of a list as one stream, without a cap: NDJSON for programs, CSV for sheets.

Read in pages, each in a transaction of its own: a reader who is slow holds no connection to the database. Rows are
appended only, in the order of the stream, so a page never misses what was there when the stream began.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.reading import log_read
from services.kit.schemas import Schema
from services.kit.uploads import CSV, NDJSON
from services.permits.batches.reading import BOM
from services.permits.batches.views import permit_of

PAGE = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Key = tuple[Any, ...]
Fetch = Callable[[AsyncSession, Key | None, int], Awaitable[Sequence[tuple[Key, Schema]]]]
"""At most so many rows after a key, each with its own."""


def described(description: str) -> dict[str, Any]:
    """The response of an export, for the OpenAPI document."""
    schema = {"schema": {"type": "string"}}
    return {"description": description, "content": {NDJSON: schema, CSV: schema}}


async def stream(
    request: Request,
    reader: Principal,
    *,
    permit_number: str,
    fetch: Fetch,
    csv_columns: Sequence[str] | None,
    name: str,
) -> StreamingResponse:
    """The rows that `fetch` finds about one permit; 404 where the caller may not read it. The read is logged first."""
    database: Database = request.app.state.kit.database
    async with database.transaction() as session:
        permit = await permit_of(session, reader.rows, permit_number)
        log_read(session, request, enterprises=[permit.uscc], records=[permit.permit_number])
    suffix, media_type = ("csv", f"{CSV}; charset=utf-8") if csv_columns else ("ndjson", NDJSON)
    return StreamingResponse(
        _pieces(database, fetch, csv_columns),
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}-{permit_number}.{suffix}"',
            "cache-control": "no-store",
        },
    )


async def _pieces(database: Database, fetch: Fetch, columns: Sequence[str] | None) -> AsyncIterator[bytes]:
    if columns:
        yield BOM + _csv([dict(zip(columns, columns, strict=True))], columns)
    key: Key | None = None
    while True:
        async with database.transaction() as session:
            found = await fetch(session, key, PAGE)
        if found:
            yield _encoded((row for _, row in found), columns)
        if len(found) < PAGE:
            return
        key = found[-1][0]


def _encoded(rows: Iterable[Schema], columns: Sequence[str] | None) -> bytes:
    if columns:
        return _csv((row.model_dump(mode="json", exclude_none=True) for row in rows), columns)
    return "".join([f"{row.model_dump_json(exclude_none=True)}\n" for row in rows]).encode()


def _csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([_harmless(row.get(name, "")) for name in columns] for row in rows)
    return out.getvalue().encode()


def _harmless(cell: Any) -> str:
    """A sheet runs what begins like a formula; the mark before it is taken off again when the file is sent in."""
    text = str(cell).lower() if isinstance(cell, bool) else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text

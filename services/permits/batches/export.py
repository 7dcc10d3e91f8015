"""Everything of a list about one permit as one file. Not public: who reads it is logged before the first row leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.downloads import MEDIA_TYPES, Column, Format, Pages, as_csv, as_ndjson, walk
from services.kit.reading import log_read
from services.permits.batches.views import permit_of

PAGE = 2000


def described(description: str) -> dict[str, Any]:
    """The response of an export, for the OpenAPI document."""
    content = {media_type: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES.values()}
    return {"description": description, "content": content}


async def stream(
    request: Request,
    reader: Principal,
    pages: Pages,
    *,
    permit_number: str,
    columns: Sequence[Column],
    form: Format,
    name: str,
) -> StreamingResponse:
    """What `pages` finds about one permit; 404 where the caller may not read it."""
    database: Database = request.app.state.kit.database
    async with database.transaction() as session:
        permit = await permit_of(session, reader.rows, permit_number)
        log_read(session, request, enterprises=[permit.uscc], records=[permit.permit_number])
    written = as_csv if form == "csv" else as_ndjson
    return StreamingResponse(
        written(columns, walk(database, pages, limit=PAGE)),
        media_type=MEDIA_TYPES[form],
        headers={
            "content-disposition": f'attachment; filename="{name}-{permit.permit_number}.{form}"',
            "cache-control": "no-store",
        },
    )

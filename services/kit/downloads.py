"""Whole lists as one file: CSV for people with spreadsheets, NDJSON for programs, written while they are read.

There is no cap and nothing is gathered: a page is read, written and forgotten, each in a short transaction of its own,
so memory does not grow with the list and a slow reader holds no transaction open. A page begins after the key that the
one before ended with; what was there for the whole download is in it exactly once.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Literal

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.database import Database
from services.kit.pages import PageQuery
from services.kit.routing import is_known
from services.kit.tables import EventRow

PAGE = 500
BOM = b"\xef\xbb\xbf"
"""Without it the spreadsheets of most offices read UTF-8 as GBK."""

Format = Literal["csv", "ndjson"]
MEDIA_TYPES: dict[str, str] = {"csv": "text/csv", "ndjson": "application/x-ndjson"}
Row = Mapping[str, Any]
Pages = Callable[[AsyncSession, PageQuery], Awaitable[tuple[Sequence[Row], str | None]]]
"""Reads one page of rows and the cursor of the next, None after the last."""


@dataclass(frozen=True, slots=True)
class Column:
    """A member of each row; `title` heads it in CSV, beside the name that programs know it by."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Edition:
    """How new what is read is: the last event of the service, and the day, since what holds depends on it."""

    position: int
    changed_at: datetime

    @property
    def etag(self) -> str:
        return f'W/"{self.position}-{clock.today().isoformat()}"'

    @property
    def last_modified(self) -> datetime:
        return max(self.changed_at, clock.start_of(clock.today())).astimezone(UTC).replace(microsecond=0)


async def edition_of(session: AsyncSession) -> Edition:
    """Every change makes an event in its own transaction, so that the log's end says whether anything changed.

    Read it before the data: then an answer may be newer than its ETag says, and never older.
    """
    newest = (
        select(EventRow.position, EventRow.occurred_at)
        .where(col(EventRow.position).is_not(None))
        .order_by(col(EventRow.position).desc())
        .limit(1)
    )
    found = (await session.exec(newest)).first()
    return Edition(found[0] or 0, found[1]) if found else Edition(0, datetime.fromtimestamp(0, UTC))


def by_digest(sha256: str) -> dict[str, str]:
    """Header fields of a file that never changes, by its digest in hexadecimal digits (RFC 9530)."""
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    return {"etag": f'"{sha256}"', "content-digest": f"sha-256=:{digest}:"}


def is_unchanged(request: Request, edition: Edition) -> bool:
    """`If-None-Match`, and only without it `If-Modified-Since` (RFC 9110 13.2.2)."""
    if "if-none-match" in request.headers:
        return is_known(request, edition.etag)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and edition.last_modified <= since


async def walk(database: Database, pages: Pages, *, limit: int = PAGE) -> AsyncIterator[Sequence[Row]]:
    """Every page from the first to the last, one in memory at a time."""
    cursor: str | None = None
    while True:
        async with database.transaction() as session:
            rows, cursor = await pages(session, PageQuery(limit=limit, cursor=cursor))
        yield rows
        if cursor is None:
            return


async def conditional(
    request: Request, database: Database, content: Callable[[], AsyncIterator[bytes]], **answer: Any
) -> Response:
    """The stream that `content` gives, with its validators; 304 where the caller has it already."""
    async with database.transaction() as session:
        edition = await edition_of(session)
    kept = {
        "etag": edition.etag,
        "last-modified": format_datetime(edition.last_modified, usegmt=True),
        "cache-control": "public, no-cache",
        "vary": "Authorization, Accept-Language",
    }
    if is_unchanged(request, edition):
        return Response(status_code=304, headers=kept)
    headers = {**kept, **answer.pop("headers", {})}
    return StreamingResponse(content(), headers=headers, **answer)


async def download(
    request: Request,
    database: Database,
    pages: Pages,
    *,
    columns: Sequence[Column],
    form: Format,
    name: str,
    limit: int = PAGE,
) -> Response:
    """The whole list as a file called `name`, in the form asked for; `limit` records are read at a time."""
    written = as_csv if form == "csv" else as_ndjson
    disposition = f'attachment; filename="{name}-{clock.today().isoformat()}.{form}"'
    return await conditional(
        request,
        database,
        lambda: written(columns, walk(database, pages, limit=limit)),
        media_type=MEDIA_TYPES[form],
        headers={"content-disposition": disposition},
    )


async def as_csv(columns: Sequence[Column], pages: AsyncIterator[Sequence[Row]]) -> AsyncIterator[bytes]:
    """RFC 4180 with a byte order mark; a heading is the Chinese name and the member's name."""
    yield BOM + _lines([[f"{column.title} {column.name}" for column in columns]])
    async for rows in pages:
        if rows:
            yield _lines([[cell(row.get(column.name)) for column in columns] for row in rows])


async def as_ndjson(columns: Sequence[Column], pages: AsyncIterator[Sequence[Row]]) -> AsyncIterator[bytes]:
    names = [column.name for column in columns]
    async for rows in pages:
        lines = [
            json.dumps({name: row.get(name) for name in names}, ensure_ascii=False, separators=(",", ":"))
            for row in rows
        ]
        yield "".join(f"{line}\n" for line in lines).encode()


def cell(value: Any) -> str:
    """A value in a cell. A text that a spreadsheet would run as a formula is shown as text (CWE-1236)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "@", "\t", "\r")) or _is_minus_word(text) else text


def _is_minus_word(text: str) -> bool:
    """Begins with a minus and is no number."""
    return text.startswith("-") and not text[1:].replace(".", "", 1).isdigit()


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()

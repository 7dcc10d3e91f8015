"""Use cases: the errors of one report in JSON, as a list or on the sheet of its blank; nothing is saved."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.requests import parse_json
from services.kit.uploads import Upload
from services.permits.obligations import blank as blanks
from services.permits.sheets.checking import found_in
from services.permits.sheets.items import Item
from services.permits.sheets.laying import laid
from services.permits.sheets.listing import Found, listed, marked


async def errors_of_report(session: AsyncSession, principal: Principal, upload: Upload) -> bytes:
    """Every error of the report as CSV, a line each, with its cell on the blank; only headings where there is none."""
    return listed(await _found(session, principal, upload))


async def annotated(session: AsyncSession, principal: Principal, upload: Upload) -> bytes:
    """The blank filled in with the report: each bad cell in red with a comment, and a sheet that lists all errors."""
    return await asyncio.to_thread(marked, await _found(session, principal, upload))


async def _found(session: AsyncSession, principal: Principal, upload: Upload) -> Found:
    item = Item("JSON", parse_json(upload.content))
    return await found_in(session, principal, [await _on_its_blank(session, principal, item)])


async def _on_its_blank(session: AsyncSession, principal: Principal, item: Item) -> Item:
    """The report with its blank; by itself where it names no obligation at all, which its shape then says."""
    try:
        obligation_id = uuid.UUID(item.obligation_id or "")
    except ValueError:
        return item
    filled = laid(await blanks.blank(session, principal.rows, obligation_id), item.document)
    return replace(item, source=filled.grid.name, filled=filled)

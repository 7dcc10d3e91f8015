"""Use cases: the errors of reports as a list, in CSV or on the sheets that they came on; nothing is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.uploads import Upload
from services.permits.sheets.checking import found_in, reports_of
from services.permits.sheets.grids import Cell, Place, column_of, to_csv
from services.permits.sheets.items import Item
from services.permits.sheets.schemas import SheetFinding
from services.permits.sheets.xlsx import written

_ERRORS = "错误 Errors"
_OF_CSV = [
    *("工作表 sheet", "行 row", "列 column", "单元格 cell", "位置 pointer", "代码 code"),
    *("说明 detail_zh", "说明（英文） detail_en", "条款 article"),
]
_OF_WORKBOOK = [
    *("工作表 sheet", "单元格 cell", "位置 pointer", "代码 code", "说明", "detail", "条款 article"),
]
Found = Sequence[tuple[Item, Sequence[SheetFinding]]]


async def errors_of_file(session: AsyncSession, principal: Principal, upload: Upload) -> bytes:
    """Every error of every report of a file, a line each; only headings where there is none."""
    return listed(await _found(session, principal, upload))


async def annotated(session: AsyncSession, principal: Principal, upload: Upload) -> bytes:
    """The file as it came, as XLSX: each bad cell in red with a comment, and a sheet that lists all errors."""
    return await asyncio.to_thread(marked, await _found(session, principal, upload))


async def _found(session: AsyncSession, principal: Principal, upload: Upload) -> Found:
    return await found_in(session, principal, await reports_of(session, principal, upload))


def listed(found: Found) -> bytes:
    """The errors as CSV."""
    return to_csv([_OF_CSV, *_lines(found)])


def _lines(found: Found) -> Iterator[list[Cell]]:
    for item, findings in found:
        for each in findings:
            row: Cell = item.line
            column: Cell = None
            if item.filled is not None:
                at = item.filled.place_of(each.pointer)
                row, column = at[0] + 1, column_of(at)
            sheet = item.source if item.filled is not None else None
            said = [each.detail_zh, each.detail_en, each.article]
            yield [sheet, row, column, each.cell, each.pointer, each.code, *said]


def marked(found: Found) -> bytes:
    """The sheets with their errors marked, and a sheet that lists all."""
    notes: dict[tuple[str, Place], list[str]] = {}
    rows: list[list[Cell]] = [[*_OF_WORKBOOK]]
    for item, findings in found:
        for each in findings:
            if item.filled is not None:
                place = item.filled.place_of(each.pointer)
                notes.setdefault((item.source, place), []).append(f"{each.detail_zh}\n{each.detail_en}")
            said = [each.detail_zh, each.detail_en, each.article]
            rows.append([item.source, each.cell, each.pointer, each.code, *said])
    sheets = [(item.source, item.filled.grid.rows) for item, _ in found if item.filled is not None]
    return written([(_ERRORS, rows), *sheets], notes=notes)

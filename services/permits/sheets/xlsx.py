"""XLSX files that nobody vouches for: read within bounds, or refused; and the ones that we write.

A file is a zip of XML. Its parts are counted and measured before any is unpacked, declarations of entities are refused,
and cells are read as a stream. Whatever the library stumbles over in the rest is a file that cannot be read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from services.kit.texts import Text
from services.permits.batches.errors import FileUnreadable
from services.permits.sheets.grids import MAX_COLUMNS, MAX_ROWS, Cell, Grid, Place, as_typed, column_of

MAX_PARTS, MAX_UNPACKED, MAX_SHEETS = 1000, 32 * 1024 * 1024, 250
_BAD = PatternFill("solid", start_color="FFC7CE")
_FILL = PatternFill("solid", start_color="FFF2CC")
_HEAD = Font(bold=True)
_MERGED = re.compile(rb'<mergeCell[^>]*\bref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_NOT_XLSX = Text(
    zh="不是 XLSX 文件（旧版 .xls 或加密的文件请另存为 .xlsx）",
    en="not an XLSX file (save an old .xls, or an encrypted file, as .xlsx)",
)
_TOO_LARGE = Text(
    zh="解压后超过{most} MiB或部件过多", en="it unpacks to more than {most} MiB, or has too many parts"
)
_ENTITIES = Text(zh="文件含有不接受的 XML 声明", en="it holds XML declarations that are not accepted")
_DAMAGED = Text(zh="XLSX 文件已损坏", en="the XLSX file is damaged")


def grids_of(content: bytes) -> list[Grid]:
    """The sheets of a file, or FileUnreadable."""
    _measure(content)
    try:
        return _grids(content)
    except FileUnreadable:
        raise
    except Exception as error:  # the library raises whatever it stumbles over: none of it is our defect
        raise FileUnreadable(_DAMAGED) from error


def _measure(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            # The unpacker stops at the size that is declared, so the declared sizes are the bound.
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise FileUnreadable(_TOO_LARGE.format(most=MAX_UNPACKED // 1024**2))
            for part in parts:
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(4096).upper():
                        raise FileUnreadable(_ENTITIES)
    except FileUnreadable:
        raise
    except Exception as error:  # a broken zip ends in a dozen ways
        raise FileUnreadable(_NOT_XLSX) from error


def _grids(content: bytes) -> list[Grid]:
    values, formulas = (
        load_workbook(io.BytesIO(content), read_only=True, data_only=only, keep_links=False)
        for only in (True, False)
    )
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for sheet, unworked in list(zip(values.worksheets, formulas.worksheets, strict=True))[:MAX_SHEETS]:
            rows = _cells(sheet)
            uncomputed = {
                (at, column)
                for at, row in enumerate(_cells(unworked))
                for column, cell in enumerate(row)
                if isinstance(cell, str) and cell.startswith("=") and rows[at][column] is None
            }
            merged = _MERGED.findall(archive.read(sheet._worksheet_path.lstrip("/")))
            found.append(
                Grid(sheet.title, rows, frozenset(uncomputed), [each.decode() for each in merged[:100]])
            )
    return found


def _cells(sheet: Any) -> list[list[Cell]]:
    rows = sheet.iter_rows(min_row=1, max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Cell:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, str):
        return as_typed(cell)
    return cell if isinstance(cell, int | float | bool) else None if cell is None else str(cell)


@dataclass(frozen=True, slots=True)
class Area:
    """Cells of one column, from one row to another, both included; from 0."""

    column: int
    first: int
    last: int


@dataclass(slots=True)
class Dress:
    """How a sheet looks: rows that are hidden (and with them column A), rows of headings, cells to be filled in, and
    what cells may hold."""

    hidden_rows: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    fill: list[Area] = field(default_factory=list)
    choices: list[tuple[Area, Sequence[str]]] = field(default_factory=list)


def written(
    sheets: Iterable[tuple[str, Sequence[Sequence[Cell]]]],
    *,
    notes: Mapping[tuple[str, Place], Sequence[str]] | None = None,
    dress: Dress | None = None,
) -> bytes:
    """A workbook of these sheets. `notes` are put on their cells, in red; `dress` is of every sheet."""
    book = Workbook()
    book.remove(book.active)
    dress = dress or Dress()
    lists = _lists(values for _, values in dress.choices)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_writable(cell) for cell in row])
        sheet.column_dimensions["A"].hidden = bool(dress.hidden_rows)
        for column in "BCDEFGHIJKLMNOPQRSTUVWXYZ":
            sheet.column_dimensions[column].width = 18
        _dress(sheet, dress, lists)
        for (where, (row_at, column_at)), texts in (notes or {}).items():
            if where == title:
                cell = sheet.cell(row_at + 1, column_at + 1)
                cell.fill = _BAD
                cell.comment = Comment("\n".join(map(_writable_text, texts)), "Steppe")
    if lists:
        _add_lists(book, lists)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _dress(sheet: Any, dress: Dress, lists: Mapping[tuple[str, ...], str]) -> None:
    for at in dress.hidden_rows:
        sheet.row_dimensions[at + 1].hidden = True
    for at in dress.heads:
        for cell in sheet[at + 1]:
            cell.font = _HEAD
    for area in dress.fill:
        for row in range(area.first, area.last + 1):
            sheet.cell(row + 1, area.column + 1).fill = _FILL
    for area, values in dress.choices:
        validation = DataValidation(type="list", formula1=lists[tuple(values)], allow_blank=True)
        letter = column_of((0, area.column))
        validation.add(f"{letter}{area.first + 1}:{letter}{area.last + 1}")
        sheet.add_data_validation(validation)


_CODES = "代码"


def _lists(choices: Iterable[Sequence[str]]) -> dict[tuple[str, ...], str]:
    """Where each list of choices stands: one written into the rule itself has room for 255 characters."""
    return {
        values: f"'{_CODES}'!${column_of((0, at))}$1:${column_of((0, at))}${len(values)}"
        for at, values in enumerate(dict.fromkeys(map(tuple, choices)))
    }


def _add_lists(book: Any, lists: Iterable[Sequence[str]]) -> None:
    sheet = book.create_sheet(_CODES)
    sheet.sheet_state = "hidden"
    for at, values in enumerate(lists):
        for row, value in enumerate(values):
            sheet.cell(row + 1, at + 1, value)


def _writable(cell: Cell) -> Cell:
    """Texts stay texts: one that begins like a formula is not run."""
    if not isinstance(cell, str):
        return cell
    text = _writable_text(cell)
    return f"'{text}" if text.startswith(("=", "+", "@")) else text


def _writable_text(text: str) -> str:
    return _FORBIDDEN.sub("", text)[:32_000]

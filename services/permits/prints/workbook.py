"""A sheet of a printable report as XLSX. The same sheet gives the same bytes: nothing says when the file was made."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence

from services.permits.documents.sheets import Facts, Part, Sheet, Table
from services.permits.sheets.grids import Cell
from services.permits.sheets.xlsx import Dress, written

_NAME = "执行报告"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name."""
_MADE_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_NEVER = rb"\g<1>1980-01-01T00:00:00Z"


def workbook(sheet: Sheet) -> bytes:
    """One worksheet: titles in bold, tables below their headings."""
    rows: list[Sequence[Cell]] = []
    dress = Dress()
    for row, is_head in _rows(sheet):
        if is_head:
            dress.heads.append(len(rows))
        rows.append(row)
    return _settled(written([(_NAME, rows)], dress=dress))


def _rows(sheet: Sheet) -> Iterator[tuple[Sequence[Cell], bool]]:
    yield [f"{sheet.title}（{sheet.subtitle}）"], True
    yield [sheet.number_is, sheet.number], False
    if sheet.stamp is not None:
        yield [sheet.stamp.word, sheet.stamp.detail], True
    yield from (([name, text], False) for name, text in sheet.facts)
    for part in sheet.parts:
        yield [], False
        yield [part.title], True
        yield from _of(part)
    yield [], False
    yield from (([note], False) for note in sheet.notes)
    if sheet.verify_at:
        yield [sheet.verify_at], False


def _of(part: Part) -> Iterator[tuple[Sequence[Cell], bool]]:
    if isinstance(part, Table):
        yield list(part.columns), True
        yield from ((list(row.cells), row.heading) for row in part.rows)
    elif isinstance(part, Facts):
        yield from (([name, text], False) for name, text in part.pairs)
    else:
        yield from (([text], False) for text in part.paragraphs)


def _settled(content: bytes) -> bytes:
    """Without the times of its making, which the library writes into the file and into each of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w") as kept:
        for part in made.infolist():
            data = made.read(part)
            if part.filename == "docProps/core.xml":
                data = _MADE_AT.sub(_NEVER, data)
            entry = zipfile.ZipInfo(part.filename, _EPOCH)
            entry.external_attr = part.external_attr
            kept.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()

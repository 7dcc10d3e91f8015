"""A sheet as it is filled in: rows of cells, from XLSX or CSV alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from services.kit.downloads import BOM, cell
from services.kit.texts import Text
from services.permits.batches.errors import FileUnreadable
from services.permits.batches.reading import decoded

MAX_ROWS, MAX_COLUMNS = 3000, 60
Cell = str | int | float | bool | None
Place = tuple[int, int]
"""Row and column, from 0."""

_BROKEN = Text(zh="第{line}行不是有效的 CSV", en="line {line} is not valid CSV")


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet."""

    name: str
    rows: Sequence[Sequence[Cell]]
    uncomputed: frozenset[Place] = frozenset()
    """Formulas without a value: the program that wrote the file never worked them out."""
    merged: Sequence[str] = field(default_factory=tuple)
    """Ranges of merged cells, as `B11:B14`."""

    def at(self, place: Place) -> Cell:
        row, column = place
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else None


def name_of(place: Place) -> str:
    """A1, as a person finds it."""
    return f"{column_of(place)}{place[0] + 1}"


def column_of(place: Place) -> str:
    """The letters of its column."""
    return str(get_column_letter(place[1] + 1))


def from_csv(content: bytes) -> Grid:
    """One sheet; UTF-8 or GB 18030."""
    reader = csv.reader(io.StringIO(decoded(content), newline=""), strict=True)
    rows: list[list[Cell]] = []
    try:
        for row in reader:
            if len(rows) >= MAX_ROWS:
                break
            rows.append([as_typed(each) for each in row[:MAX_COLUMNS]])
    except csv.Error as error:
        raise FileUnreadable(_BROKEN.format(line=reader.line_num)) from error
    return Grid("CSV", rows)


def as_typed(text: str) -> str | None:
    """What a person wrote: without the mark that keeps a sheet from running it."""
    if text[:1] == "'" and text[1:2] in ("=", "+", "@", "-"):
        text = text[1:]  # as a download marks what a sheet would take for a formula
    return text or None


def to_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    """As a sheet opens it."""
    out = io.StringIO()
    csv.writer(out).writerows([cell(each) for each in row] for row in rows)
    return BOM + out.getvalue().encode()

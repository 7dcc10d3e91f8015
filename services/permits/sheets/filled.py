"""A sheet that was filled in, as the report that it says.

Column A, hidden, holds the names by which the sheet is read. Rows may be added or moved: each says what it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl.utils.cell import range_boundaries

from services.kit.findings import FieldError, pointer
from services.kit.schemas import plain
from services.kit.texts import Text
from services.permits.sheets.grids import MAX_ROWS, Cell, Grid, Place
from services.permits.sheets.sections import (
    BY_NAME,
    CODED,
    CORRECTION,
    DAYS,
    FORM,
    MARK,
    NUMBERS,
    SECTIONS,
    VALUES,
    WHOLE,
    WORDS,
    Section,
)

_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_FLAGS = {"true": True, "false": False, "是": True, "否": False}
_UNCOMPUTED = Text(
    zh="公式没有计算结果，请填写数值", en="the formula has no computed value: write the number itself"
)
_MERGED = Text(
    zh="有合并的单元格{ranges}，请拆分后填写", en="cells {ranges} are merged: split them and fill in each"
)
_TOO_LONG = Text(
    zh="表格超过{most}行，请改用 JSON 提交", en="the sheet has more than {most} rows: send the report as JSON"
)


@dataclass(frozen=True)
class Filled:
    """What one sheet says: the report, and where on the sheet each part of it stands."""

    grid: Grid
    document: dict[str, Any]
    places: Mapping[str, Place]
    errors: list[FieldError] = field(default_factory=list)
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The lists that the sheet has, each with the members that it has columns for."""
    form: frozenset[str] = frozenset()
    """The members of the report as a whole that it has cells for."""

    def place_of(self, where: str) -> Place:
        """The cell of a JSON Pointer; of what has none the nearest above it, of the whole the title."""
        while where:
            if where in self.places:
                return self.places[where]
            where = where.rpartition("/")[0]
        return (0, 1)


def is_report(grid: Grid) -> bool:
    """Whether a sheet is one of ours; others of a workbook are passed over."""
    return any(row and row[0] == MARK for row in grid.rows[:5])


def filled(grid: Grid) -> Filled:
    """The report that a sheet says. What cannot be read stays as it is written, for the shape to refuse."""
    document: dict[str, Any] = {"values": []}
    places: dict[str, Place] = {}
    columns: dict[str, frozenset[str]] = {}
    form: set[str] = set()
    section, keys, ended = VALUES, dict[int, str](), False
    for at, row in enumerate(grid.rows):
        mark = row[0] if row else None
        if mark == "end":
            ended = True
            break
        if mark == "section":
            keys = {}
        elif mark in BY_NAME:
            section = BY_NAME[str(mark)]
            known = section.filled
            keys = {c: name for c, name in enumerate(row) if isinstance(name, str) and name in known}
            columns[section.name] = frozenset(keys.values())
            places[f"/{section.name}"] = (at + 1, 1)
        elif mark in CORRECTION:
            _correct(document, places, str(mark), row, at)
        elif mark in FORM or mark == "obligation_id":
            form.add(str(mark))
            _add(document, places, str(mark), row[2] if len(row) > 2 else None, (at, 2), within="")
        elif keys and _is_line(section, row, keys):
            _line(document, places, section, row, at, keys)
    errors = _errors(grid, places)
    if not ended and len(grid.rows) >= MAX_ROWS:
        errors.append(FieldError("", "sheet_too_long", _TOO_LONG.format(most=MAX_ROWS)))
    return Filled(grid, document, places, errors, columns, frozenset(form))


def _correct(
    document: dict[str, Any], places: dict[str, Place], mark: str, row: Sequence[Cell], at: int
) -> None:
    within, _, name = mark.partition("/")
    of_correction: dict[str, Any] = document.get(within, {})
    cell = row[2] if len(row) > 2 else None
    _add(of_correction, places, name, cell, (at, 2), within=f"/{within}")
    if of_correction:
        document[within] = of_correction


def _line(
    document: dict[str, Any],
    places: dict[str, Place],
    section: Section,
    row: Sequence[Cell],
    at: int,
    keys: Mapping[int, str],
) -> None:
    lines: list[dict[str, Any]] = document.setdefault(section.name, [])
    line: dict[str, Any] = {}
    where = pointer(section.name, len(lines))
    for column, name in keys.items():
        cell = row[column] if column < len(row) else None
        _add(line, places, name, cell, (at, column), within=where)
    lines.append(line)


def _is_line(section: Section, row: Sequence[Cell], keys: Mapping[int, str]) -> bool:
    """A line of outlets, another row that says more than what it is about, or one that somebody added: not the
    headings, which stand right below the names."""
    said = {
        name: row[column] for column, name in keys.items() if column < len(row) and row[column] is not None
    }
    if row and row[0] == section.mark:
        return section is VALUES or bool(set(said) - set(section.given))
    headings = set(section.columns.values())
    return (not row or row[0] is None) and bool(said) and not set(said.values()) <= headings


def _add(
    document: dict[str, Any], places: dict[str, Place], name: str, cell: Cell, place: Place, *, within: str
) -> None:
    places[f"{within}/{name}"] = place
    value = _value(name, cell)
    if value is not None:
        document[name] = value


def _value(name: str, cell: Cell) -> Any:
    """A cell as the member of this name: numbers of a sheet are texts of a report, and the other way round."""
    if isinstance(cell, str):
        cell = cell.strip() if name in WORDS else unicodedata.normalize("NFKC", cell).strip()
    if cell is None or cell == "" or isinstance(cell, bool):
        return None if not isinstance(cell, bool) else cell
    if name in WHOLE:
        return int(cell) if _is_whole(cell) else cell
    if isinstance(cell, str):
        return _text(name, cell)
    return plain(Decimal(repr(cell))) if name in NUMBERS and cell == cell else str(cell)


def _text(name: str, cell: str) -> Any:
    if name in CODED:
        code = cell.partition(" ")[0]
        return _FLAGS.get(code.lower(), code) if name == "is_met" else code
    if name in DAYS and (day := _DAY.fullmatch(cell)):
        return f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"
    return cell


def _is_whole(cell: Cell) -> bool:
    if isinstance(cell, str):
        return cell.isascii() and cell.isdigit() and len(cell) <= 6
    return isinstance(cell, int | float) and abs(cell) < 10**6 and cell == int(cell)


def _errors(grid: Grid, places: Mapping[str, Place]) -> list[FieldError]:
    found = [
        FieldError(where, "formula_without_value", _UNCOMPUTED)
        for where, place in places.items()
        if place in grid.uncomputed
    ]
    return [*found, *_merged(grid, places)]


def _merged(grid: Grid, places: Mapping[str, Place]) -> Iterator[FieldError]:
    for section in SECTIONS:
        within = f"/{section.name}/"
        lines = {row + 1 for where, (row, _) in places.items() if where.startswith(within)}
        merged = [each for each in grid.merged if _touches(each, lines)]
        if merged:
            yield FieldError(f"/{section.name}", "cells_merged", _MERGED.format(ranges=", ".join(merged[:5])))


def _touches(merged: str, lines: Set[int]) -> bool:
    _, first, _, last = range_boundaries(merged)
    return any(first <= line <= last for line in lines)

"""A sheet that was filled in, as the report that it says.

Column A, hidden, holds the names by which the sheet is read. Rows may be added or moved: each says what it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.kit.findings import FieldError, pointer
from services.kit.texts import Text
from services.permits.sheets.cells import Kind, errors_of, said
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
    errors = errors_of(grid, places, lists=[pointer(section.name) for section in SECTIONS])
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
    given = {
        name: row[column] for column, name in keys.items() if column < len(row) and row[column] is not None
    }
    if row and row[0] == section.mark:
        return section is VALUES or bool(set(given) - set(section.given))
    headings = set(section.columns.values())
    return (not row or row[0] is None) and bool(given) and not set(given.values()) <= headings


def _add(
    document: dict[str, Any], places: dict[str, Place], name: str, cell: Cell, place: Place, *, within: str
) -> None:
    places[f"{within}/{name}"] = place
    value = said(_kind(name), cell)
    if value is not None:
        document[name] = value


def _kind(name: str) -> Kind:
    for kind, names in _KINDS.items():
        if name in names:
            return kind
    return "code"


_KINDS: Mapping[Kind, Collection[str]] = {
    "whole": WHOLE,
    "flag": {"is_met"},
    "choice": CODED,
    "day": DAYS,
    "number": NUMBERS,
    "words": WORDS,
}

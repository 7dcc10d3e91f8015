"""A sheet that was filled in, as the application that it says, and the cell of each part of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.kit.findings import FieldError, pointer
from services.kit.texts import Text
from services.permits.application_sheets.parts import MARK, Member, Part, Path, form, parts
from services.permits.sheets.cells import errors_of, said
from services.permits.sheets.filled import Filled
from services.permits.sheets.grids import MAX_ROWS, Cell, Grid, Place, name_of

_SEPARATORS = re.compile(r"[,，、;；\s]+")
_NO_OUTLET = Text(zh="没有编码为“{code}”的排放口", en="there is no outlet “{code}”")
_TOO_LONG = Text(zh="表格超过{most}行，请以 JSON 填报", en="the sheet has more than {most} rows: send JSON")


def is_application(grid: Grid) -> bool:
    """Whether a sheet is one of ours."""
    return any(row and row[0] == MARK for row in grid.rows[:5])


@dataclass(slots=True)
class _Line:
    """A row of a list, before it is known where in the document it belongs."""

    element: Any
    places: dict[str, Place]
    """By JSON Pointer within the element."""
    at: Place


@dataclass(slots=True)
class _Sheet:
    document: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    lines: dict[str, list[_Line]] = field(default_factory=dict)
    headings: dict[str, Place] = field(default_factory=dict)
    ended: bool = False


def read(grid: Grid) -> Filled:
    """The application of a sheet. What cannot be read stays as it is written, for the shape to refuse."""
    sheet = _taken_apart(grid)
    errors: list[FieldError] = []
    for part in parts():
        if part.within is None:
            _put(sheet, part)
        else:
            errors += _put_within(sheet, part)
    lists = [pointer(*part.path) for part in parts() if part.within is None]
    errors += errors_of(grid, sheet.places, lists=lists)
    if not sheet.ended and len(grid.rows) >= MAX_ROWS:
        errors.append(FieldError("", "sheet_too_long", _TOO_LONG.format(most=MAX_ROWS)))
    return Filled(grid, sheet.document, sheet.places, errors)


def _taken_apart(grid: Grid) -> _Sheet:
    """The form as it stands, and the rows of each list; the headings stand right below the hidden names."""
    sheet = _Sheet()
    by_name, lists = {each.name: each for each in form()}, {each.name: each for each in parts()}
    part: Part | None = None
    columns: dict[int, Member] = {}
    for at, row in enumerate(grid.rows):
        mark = str(row[0] or "") if row else ""
        if mark == "end":
            sheet.ended = True
            break
        if mark in by_name:
            member = by_name[mark]
            _set(sheet.document, member.path, _value(member, row[2] if len(row) > 2 else None))
            _note(sheet.places, "", member.path, (at, 2))
        elif mark in lists:
            part = lists[mark]
            known = {each.name: each for each in part.members}
            columns = {c: known[str(each)] for c, each in enumerate(row) if c and str(each or "") in known}
            sheet.headings[part.name] = (at + 1, 1)
        elif mark == "section":
            part = None
        elif part is not None and at > sheet.headings[part.name][0]:
            _line(sheet, part, columns, row, at)
    return sheet


def _line(sheet: _Sheet, part: Part, columns: Mapping[int, Member], row: Sequence[Cell], at: int) -> None:
    values = {c: _value(each, row[c] if c < len(row) else None) for c, each in columns.items()}
    if all(value is None for value in values.values()):
        return
    line = _Line({}, {}, (at, 1))
    for column, member in columns.items():
        _note(line.places, "", member.path, (at, column))
        if member.path:
            _set(line.element, member.path, values[column])
        else:
            line.element = values[column]
    sheet.lines.setdefault(part.name, []).append(line)


def _put(sheet: _Sheet, part: Part) -> None:
    lines = sheet.lines.get(part.name, [])
    if lines or part.required:
        _set(sheet.document, part.path, [line.element for line in lines])
    where = pointer(*part.path)
    if part.name in sheet.headings:
        sheet.places[where] = sheet.headings[part.name]
    for index, line in enumerate(lines):
        _place(sheet, f"{where}/{index}", line)


def _put_within(sheet: _Sheet, part: Part) -> Iterator[FieldError]:
    """Each row to the element that it names; one that names none is refused where it stands."""
    within = part.within or ()
    name, parents = part.path[-1], pointer(*within)
    held: Any = sheet.document
    for each in within:
        held = held[each]
    elements: list[dict[str, Any]] = held
    for index, element in enumerate(elements):
        element[name] = []
        if part.name in sheet.headings:
            sheet.places[f"{parents}/{index}/{name}"] = sheet.headings[part.name]
    by_code = {
        element["code"]: at for at, element in reversed(list(enumerate(elements))) if element.get("code")
    }
    for at, line in enumerate(sheet.lines.get(part.name, ())):
        code = line.element.pop("outlet_code", None)
        if code not in by_code:
            where = f"{parents}/-/{name}/{at}"  # of no element of the document
            _place(sheet, where, line)
            yield FieldError(f"{where}/outlet_code", "outlet_unknown", _NO_OUTLET.format(code=code or ""))
            continue
        index = by_code[code]
        _place(sheet, f"{parents}/{index}/{name}/{len(elements[index][name])}", line)
        elements[index][name].append(line.element)


def _place(sheet: _Sheet, where: str, line: _Line) -> None:
    sheet.places[where] = line.at
    for within, place in line.places.items():
        sheet.places[f"{where}{within}"] = place


def _note(places: dict[str, Place], where: str, path: Path, place: Place) -> None:
    """The cell of a member; of an object its first cell."""
    for length in range(1, len(path)):
        places.setdefault(where + pointer(*path[:length]), place)
    places[where + pointer(*path)] = place


def _set(document: dict[str, Any], path: Path, value: Any) -> None:
    """What says nothing is left out, and with it an object that says nothing else."""
    if value is None:
        return
    for name in path[:-1]:
        document = document.setdefault(name, {})
    document[path[-1]] = value


def _value(member: Member, cell: Cell) -> Any:
    value = said(member.kind, cell)
    if member.many and isinstance(value, str):
        return [each for each in _SEPARATORS.split(value) if each]
    return value


def cells_of(filled: Filled, errors: Sequence[FieldError]) -> dict[str, str]:
    """Where on the sheet each error is."""
    return {each.pointer: name_of(filled.place_of(each.pointer)) for each in errors}

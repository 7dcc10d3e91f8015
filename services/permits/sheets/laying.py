"""A report in JSON on the sheet of its blank, so that its errors can be shown in cells. Pure.

The document is as it came: whatever is not of the right shape stands on the sheet as it is written.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.kit.findings import pointer
from services.permits.obligations.schemas import Blank
from services.permits.sheets import layout
from services.permits.sheets.filled import Filled
from services.permits.sheets.grids import Cell, Grid, Place
from services.permits.sheets.sections import BY_NAME, CODED, CORRECTION, FORM, SECTIONS, Section

Lines = Sequence[tuple[int, Mapping[str, Cell]]]
"""The elements of a list that are objects, each with its index."""


def laid(blank: Blank, document: Mapping[str, Any]) -> Filled:
    """The blank filled in with the document, and the cell of each part of it."""
    said: dict[str, Any] = {name: _cell(document.get(name)) for name in FORM}
    lines = {section.name: _lines(document.get(section.name)) for section in SECTIONS}
    said |= {name: [line for _, line in of] for name, of in lines.items()}
    corrects = document.get("corrects")
    rows = layout.rows_of(
        blank,
        said,
        corrects={name: _cell(each) for name, each in corrects.items()}
        if isinstance(corrects, dict)
        else None,
    )
    return Filled(Grid(layout.title_of(blank), rows), dict(document), dict(_places(rows, lines)))


def _lines(value: Any) -> Lines:
    elements = value if isinstance(value, list) else ()
    return [
        (at, {name: _cell(each) for name, each in element.items()})
        for at, element in enumerate(elements)
        if isinstance(element, dict)
    ]


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str | int):
        return value
    return repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def _places(rows: Sequence[Sequence[Cell]], lines: Mapping[str, Lines]) -> Iterator[tuple[str, Place]]:
    """By JSON Pointer; an amount stands in tonnes, whatever it is stated in."""
    section: Section | None = None
    columns: dict[str, int] = {}
    waiting: dict[tuple[Cell, ...], deque[int]] = {}
    for at, row in enumerate(rows):
        mark = str(row[0]) if row else ""
        if mark == "end":
            return
        if mark in BY_NAME:
            section = BY_NAME[mark]
            columns = {str(name): column for column, name in enumerate(row) if column}
            waiting = _by_key(section, lines[section.name])
            yield pointer(mark), (at + 1, 1)
        elif mark in CORRECTION or mark in FORM or mark == "obligation_id":
            yield f"/{mark}", (at, 2)
        elif section is not None and mark == section.mark:
            known = waiting.get(tuple(_code(name, row[columns[name]]) for name in section.given))
            if known:
                where = pointer(section.name, known.popleft())
                yield where, (at, 1)
                yield from ((f"{where}/{name}", (at, column)) for name, column in columns.items())
                if "amount_t" in columns:
                    stated = (at, columns["amount_t"])
                    yield from ((f"{where}/{name}", stated) for name in ("amount", "amount_unit"))


def _by_key(section: Section, lines: Lines) -> dict[tuple[Cell, ...], deque[int]]:
    found: defaultdict[tuple[Cell, ...], deque[int]] = defaultdict(deque)
    for at, line in lines:
        found[tuple(line.get(name) for name in section.given)].append(at)
    return found


def _code(name: str, cell: Cell) -> Cell:
    """A code without what it means."""
    return cell.partition(" ")[0] if name in CODED and isinstance(cell, str) else cell

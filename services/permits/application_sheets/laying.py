"""An application on its sheet: hidden names in column A and one hidden row a list say what each cell is. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.permits.application_sheets.errors import ApplicationTooLong
from services.permits.application_sheets.parts import MARK, Member, Part, Path, choice, form, parts
from services.permits.sheets.grids import MAX_ROWS, Cell
from services.permits.sheets.xlsx import Area, Dress

SPARE = 5
"""Empty rows of each list; more may be added."""
_ROOM = 300
Document = Mapping[str, Any]


def rows_of(document: Document, *, printed: Sequence[Sequence[Cell]] = ()) -> list[list[Cell]]:
    """The sheet filled in with a document; what is `printed` stands below, to be copied from.

    ApplicationTooLong where it could not be read back.
    """
    rows: list[list[Cell]] = [
        [MARK, "排污许可证申请", "填写黄色单元格；列表可增加行；一格多个编码以逗号分隔"],
        *([each.name, each.label, _shown(each, _dig(document, each.path))] for each in form()),
    ]
    for part in parts():
        rows += _section(part, document)
    if len(rows) > MAX_ROWS - _ROOM:
        raise ApplicationTooLong()
    return [*rows, ["end"], *([None, *each] for each in printed)]


def dress_of(rows: Sequence[Sequence[Cell]]) -> Dress:
    """Which rows are hidden, which are headings, which cells are to be filled in and what they may hold."""
    dress = Dress()
    by_name, lists = {each.name: each for each in form()}, {each.name: each for each in parts()}
    for at, row in enumerate(rows):
        mark = str(row[0] or "")
        if mark in by_name:
            _cell(dress, by_name[mark], Area(2, at, at))
        elif mark in lists:
            dress.hidden_rows.append(at)
            dress.heads.append(at + 1)
            last = next(line for line in range(at + 2, len(rows)) if rows[line][0] != "row") - 1
            for column, member in enumerate(lists[mark].members, start=1):
                _cell(dress, member, Area(column, at + 2, last))
    return dress


def _cell(dress: Dress, member: Member, area: Area) -> None:
    if member.path[:1] == ("draft",):
        return  # which draft it is of is nobody's to fill in
    dress.fill.append(area)
    if member.kind == "flag" or member.choices:
        dress.choices.append((area, member.choices or ("true 是", "false 否")))


def _section(part: Part, document: Document) -> Iterator[list[Cell]]:
    yield ["section", part.title]
    yield [part.name, *(each.name for each in part.members)]
    yield [None, *(each.label for each in part.members)]
    for element in _elements(part, document):
        yield ["row", *(_shown(each, _dig(element, each.path)) for each in part.members)]
    for _ in range(SPARE):
        yield ["row"]


def _elements(part: Part, document: Document) -> Iterator[Any]:
    if part.within is None:
        yield from _dig(document, part.path) or ()
        return
    for parent in _dig(document, part.within) or ():
        for element in parent.get(part.path[-1]) or ():
            yield {**element, "outlet_code": parent.get("code")}


def _dig(value: Any, path: Path) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _shown(member: Member, value: Any) -> Cell:
    if value is None or value == []:
        return None
    if member.many:
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "true 是" if value else "false 否"
    if member.choices:
        return choice(str(value))
    return value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)

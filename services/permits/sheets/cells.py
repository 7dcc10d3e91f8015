"""What a cell says, as the member of a document that it is for. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set
from decimal import Decimal
from typing import Any, Literal

from openpyxl.utils.cell import range_boundaries

from services.kit.findings import FieldError
from services.kit.schemas import plain
from services.kit.texts import Text
from services.permits.sheets.grids import Cell, Grid, Place

Kind = Literal["words", "code", "choice", "flag", "day", "number", "whole"]
"""Words are read as they are written; other texts are codes, in whatever width they were typed. A choice is a code with
what it means behind it."""

_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_FLAGS = {"true": True, "false": False, "是": True, "否": False}
_UNCOMPUTED = Text(
    zh="公式没有计算结果，请填写数值", en="the formula has no computed value: write the number itself"
)
_MERGED = Text(
    zh="有合并的单元格{ranges}，请拆分后填写", en="cells {ranges} are merged: split them and fill in each"
)


def said(kind: Kind, cell: Cell) -> Any:
    """None where it says nothing; what cannot be read stays as it is written, for the shape to refuse.

    Numbers of a sheet are texts of a document, and the other way round.
    """
    if isinstance(cell, str):
        cell = cell.strip() if kind == "words" else unicodedata.normalize("NFKC", cell).strip()
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return cell
    if kind == "whole":
        return int(cell) if _is_whole(cell) else cell
    if isinstance(cell, str):
        return _text(kind, cell)
    return plain(Decimal(repr(cell))) if kind == "number" and cell == cell else str(cell)


def _text(kind: Kind, cell: str) -> Any:
    if kind in ("choice", "flag"):
        code = cell.partition(" ")[0]
        return _FLAGS.get(code.lower(), code) if kind == "flag" else code
    if kind == "day" and (day := _DAY.fullmatch(cell)):
        return f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"
    return cell


def _is_whole(cell: Cell) -> bool:
    if isinstance(cell, str):
        return cell.isascii() and cell.isdigit() and len(cell) <= 6
    return isinstance(cell, int | float) and abs(cell) < 10**6 and cell == int(cell)


def errors_of(grid: Grid, places: Mapping[str, Place], *, lists: Iterable[str]) -> list[FieldError]:
    """Cells that say nothing although something stands there; `lists` are the JSON Pointers of those on the sheet."""
    found = [
        FieldError(where, "formula_without_value", _UNCOMPUTED)
        for where, place in places.items()
        if place in grid.uncomputed
    ]
    return [*found, *_merged(grid, places, lists)]


def _merged(grid: Grid, places: Mapping[str, Place], lists: Iterable[str]) -> Iterator[FieldError]:
    for where in lists if grid.merged else ():
        lines = {row + 1 for each, (row, _) in places.items() if each.startswith(f"{where}/")}
        merged = [each for each in grid.merged if _touches(each, lines)]
        if merged:
            yield FieldError(where, "cells_merged", _MERGED.format(ranges=", ".join(merged[:5])))


def _touches(merged: str, lines: Set[int]) -> bool:
    _, first, _, last = range_boundaries(merged)
    return any(first <= line <= last for line in lines)

"""The reports of a file: of the sheets of a workbook, of one CSV, or of the lines of NDJSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.kit.findings import FieldError
from services.kit.problems import Problem
from services.kit.requests import is_storable, parse_json
from services.kit.texts import Text
from services.kit.uploads import CSV, XLSX, Upload
from services.permits.batches.errors import FileUnreadable, TooManyRows
from services.permits.batches.reading import lines_of
from services.permits.obligations.errors import ObligationNotFound
from services.permits.sheets.filled import Filled, filled, is_report
from services.permits.sheets.grids import from_csv, name_of
from services.permits.sheets.schemas import SheetFinding
from services.permits.sheets.xlsx import grids_of

MAX_REPORTS = 200

_NO_SHEET = Text(
    zh="没有找到本系统生成的填报表（工作表首格应为 steppe:report）",
    en="no sheet of ours is in it (its first cell says steppe:report)",
)
_TOO_MANY = Text(zh="一个文件最多{most}份报告", en="a file has {most} reports at most")
_CHARACTER = Text(zh="含有不可保存的字符（NUL）", en="holds a character that cannot be stored (NUL)")


@dataclass(frozen=True)
class Item:
    """One report of a file (or an application), and what is wrong with how it was written down."""

    source: str
    document: Any
    errors: list[FieldError] = field(default_factory=list)
    filled: Filled | None = None
    line: int | None = None
    """Of a file that has a report a line."""

    @property
    def obligation_id(self) -> str | None:
        named = self.document.get("obligation_id") if isinstance(self.document, dict) else None
        return named if isinstance(named, str) and len(named) <= 40 and is_storable(named) else None

    def obligation_of(self, errors: Sequence[FieldError]) -> str | None:
        """The obligation, where there is such a one for the caller: what is not theirs is not said after them."""
        unknown = any(error.code == ObligationNotFound.code for error in errors)
        return None if unknown else self.obligation_id

    def finding(self, error: FieldError) -> SheetFinding:
        """An error with its cell."""
        cell = name_of(self.filled.place_of(error.pointer)) if self.filled else None
        return SheetFinding(
            pointer=error.pointer,
            cell=cell,
            code=error.code,
            detail_zh=error.text.zh,
            detail_en=error.text.en,
            article=error.article,
        )


def items_of(upload: Upload) -> list[Item]:
    """Every report of a file; FileUnreadable where there is none."""
    if upload.media_type in (XLSX, CSV):
        grids = grids_of(upload.content) if upload.media_type == XLSX else [from_csv(upload.content)]
        items = [of_sheet(filled(grid)) for grid in grids if is_report(grid)]
    else:
        items = [_of_line(number, line) for number, line in lines_of(upload.content)[: MAX_REPORTS + 1]]
    if not items:
        raise FileUnreadable(_NO_SHEET)
    if len(items) > MAX_REPORTS:
        raise TooManyRows(_TOO_MANY.format(most=MAX_REPORTS))
    return items


def of_sheet(filled: Filled) -> Item:
    """What one sheet says, with what cannot be stored of it."""
    unstorable = [
        FieldError(where, "unstorable_character", _CHARACTER)
        for where, place in filled.places.items()
        if isinstance(cell := filled.grid.at(place), str) and not is_storable(cell)
    ]
    return Item(filled.grid.name, filled.document, [*filled.errors, *unstorable], filled)


def _of_line(number: int, line: bytes) -> Item:
    try:
        return Item(f"{number}", parse_json(line), line=number)
    except Problem as problem:
        errors: Sequence[FieldError] = problem.errors
        broken = FieldError("", problem.code, problem.detail or problem.title)
        return Item(f"{number}", None, [broken, *errors], line=number)

"""The tables of grades as data: one file each, read strictly."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from services.emergency.incidents.rules import Grade, GradeTable, Row
from services.kit.schemas import Exact, Schema, ShortText

_FOLDER = Path(__file__).parent / "grades"


class RowDocument(Schema):
    grade: Literal["I", "II", "III", "IV"]
    fact: ShortText
    at_least: Exact | None = None
    word: ShortText | None = None
    text: ShortText
    verified: bool


class TableDocument(Schema):
    """A table as it is kept. Rows with `verified` false are from memory: the bureau checks and replaces them."""

    id: ShortText
    source: ShortText
    note: ShortText
    valid_from: date
    valid_to: date | None
    otherwise: Literal["I", "II", "III", "IV"] | None
    rows: list[RowDocument]


def read_table(text: str) -> GradeTable:
    """The table in a document; pydantic's ValidationError where it is not one."""
    read = TableDocument.model_validate(json.loads(text))
    return GradeTable(
        id=read.id,
        source=read.source,
        valid_from=read.valid_from,
        valid_to=read.valid_to,
        otherwise=Grade(read.otherwise) if read.otherwise else None,
        rows=tuple(Row(**{**row.model_dump(), "grade": Grade(row.grade)}) for row in read.rows),
    )


@cache
def shipped() -> tuple[GradeTable, ...]:
    """The tables that come with Steppe, the newest first."""
    tables = (read_table(file.read_text(encoding="utf-8")) for file in sorted(_FOLDER.glob("*.json")))
    return tuple(sorted(tables, key=lambda table: table.valid_from, reverse=True))

"""What stands on a decision document, before it has pages: lines, tables and notices. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; a `heading` goes across all columns."""

    cells: tuple[str, ...]
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; `shares` are the widths of its columns, relative to each other."""

    title: str
    columns: tuple[str, ...]
    shares: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Titled pairs of a name and what it is."""

    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Struck across every page of a permit that does not hold, or not so any more."""

    word: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document: the front certificate has facts only, the duplicate tables as well."""

    title: str
    subtitle: str
    number: str
    authority: str
    issued_on: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Table | Facts, ...]
    stamp: Stamp | None
    verify_at: str
    notes: tuple[str, ...]


def texts(sheet: Sheet) -> list[str]:
    """Everything that is printed, in the order of printing."""
    said = [sheet.title, sheet.subtitle, sheet.number, sheet.authority, sheet.issued_on]
    said += [text for pair in sheet.facts for text in pair]
    for part in sheet.parts:
        said.append(part.title)
        said += _of_table(part) if isinstance(part, Table) else [text for pair in part.pairs for text in pair]
    said += [sheet.stamp.word, sheet.stamp.detail] if sheet.stamp else []
    return [*said, *sheet.notes, sheet.verify_at]


def _of_table(table: Table) -> Sequence[str]:
    return [*table.columns, *(cell for row in table.rows for cell in row.cells)]

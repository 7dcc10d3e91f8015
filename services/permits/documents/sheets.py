"""What stands on a document, before it has pages: lines, tables and notices. Pure."""

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
class Words:
    """Titled text, of any length."""

    title: str
    paragraphs: tuple[str, ...]


Part = Table | Facts | Words


@dataclass(frozen=True, slots=True)
class Stamp:
    """Struck across every page of what does not hold, not so any more, or not yet."""

    word: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document: the front certificate has facts only, the others parts as well. Without `verify_at` it has no code
    to scan, without `authority` nobody who issued it."""

    title: str
    subtitle: str
    number: str
    authority: str
    issued_on: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    stamp: Stamp | None
    verify_at: str
    notes: tuple[str, ...]
    number_is: str = "证书编号"
    identity_is: str = "文件编号"


def texts(sheet: Sheet) -> list[str]:
    """Everything that is printed, in the order of printing."""
    said = [sheet.title, sheet.subtitle, sheet.number, sheet.authority, sheet.issued_on]
    said += [text for pair in sheet.facts for text in pair]
    for part in sheet.parts:
        said += [part.title, *_of(part)]
    said += [sheet.stamp.word, sheet.stamp.detail] if sheet.stamp else []
    return [*said, *sheet.notes, sheet.verify_at]


def _of(part: Part) -> Sequence[str]:
    if isinstance(part, Words):
        return part.paragraphs
    if isinstance(part, Facts):
        return [text for pair in part.pairs for text in pair]
    return [*part.columns, *(cell for row in part.rows for cell in row.cells)]

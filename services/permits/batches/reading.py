"""Files of many rows, taken apart: NDJSON as lines, CSV as rows with the names of their columns. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from services.kit.findings import FieldError, pointer
from services.kit.texts import Text
from services.permits.batches.errors import FileUnreadable, HeaderUnknown, TooManyRows

MAX_ROWS = 100_000
CHUNK = 1000
BOM = b"\xef\xbb\xbf"
_LOCAL_TIME = re.compile(
    r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
)
_HARMLESS = ("'=", "'+", "'-", "'@", "'\t", "'\r")
"""How an export writes a cell that a sheet would take for a formula."""
_YES, _NO = ("true", "1", "是", "yes"), ("false", "0", "否", "no")

_ENCODING = Text(
    zh="编码既不是 UTF-8 也不是 GB 18030（GBK）", en="the encoding is neither UTF-8 nor GB 18030 (GBK)"
)
_EMPTY = Text(zh="文件没有数据行", en="the file has no rows")
_BROKEN = Text(zh="第{line}行不是有效的 CSV", en="line {line} is not valid CSV")
_UNKNOWN = Text(zh="没有名为“{name}”的列", en="there is no column “{name}”")
_TWICE = Text(zh="列“{name}”重复", en="the column “{name}” appears twice")
_TOO_MANY = Text(zh="一个文件最多{most}行", en="a file has {most} rows at most")

Read = TypeVar("Read")
Line = tuple[int, bytes]
Cells = dict[str, str | bool]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a CSV file may have: by name, what a Chinese header calls each."""

    headers: Mapping[str, str]
    flags: frozenset[str] = frozenset()
    moments: frozenset[str] = frozenset()


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, with or without its mark, else GB 18030, which holds GBK and GB 2312."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable(_ENCODING)


def lines_of(content: bytes) -> list[Line]:
    """The lines of an NDJSON file that hold something, each with its number."""
    numbered = enumerate(content.removeprefix(BOM).split(b"\n"), 1)
    return _bounded([(number, line) for number, line in numbered if line.strip()])


def rows_of(content: bytes, columns: Columns) -> list[tuple[int, Cells]]:
    """The rows of a CSV file as objects, each with the number of its first line; an empty cell is no member."""
    reader = csv.reader(io.StringIO(decoded(content), newline=""), strict=True)
    rows = _numbered(reader)
    first = next(rows, None)
    if first is None:
        raise FileUnreadable(_EMPTY)
    header = _header([cell.strip() for cell in first[1]], columns.headers)
    found: list[tuple[int, Cells]] = []
    for line, cells in rows:
        if len(found) > MAX_ROWS:
            break
        if any(cells):
            # A cell beyond the header has no name: it is refused with its row.
            named = zip(chain(header, (f"column_{at + 1}" for at in range(len(header), len(cells)))), cells)  # noqa: B905
            found.append((line, {name: _cell(name, cell, columns) for name, cell in named if cell}))
    return _bounded(found)


def _bounded(rows: list[Read]) -> list[Read]:
    if not rows:
        raise FileUnreadable(_EMPTY)
    if len(rows) > MAX_ROWS:
        raise TooManyRows(_TOO_MANY.format(most=MAX_ROWS))
    return rows


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins on: a quoted cell may hold line ends."""
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1  # type: ignore[attr-defined]
    except csv.Error as error:
        raise FileUnreadable(_BROKEN.format(line=begins)) from error


def _header(cells: list[str], headers: Mapping[str, str]) -> list[str]:
    by_header = {header: name for name, header in headers.items()}
    # A download heads its columns with both names: «名称 name».
    header = [by_header.get(cell) or cell.rpartition(" ")[2] for cell in cells]
    while header and not header[-1]:  # spreadsheets write empty columns at the end
        header.pop()
    errors = []
    for at, name in enumerate(header):
        if name not in headers:
            text = _UNKNOWN.format(name=cells[at][:80])
            errors.append(FieldError(pointer(at), "column_unknown", text))
        elif name in header[:at]:
            errors.append(FieldError(pointer(at), "column_repeated", _TWICE.format(name=cells[at])))
    if errors:
        raise HeaderUnknown(errors=errors, columns=dict(headers))
    return header


def _cell(name: str, cell: str, columns: Columns) -> str | bool:
    if cell.startswith(_HARMLESS):
        return cell[1:]
    if name in columns.flags and cell.strip().lower() in _YES + _NO:
        return cell.strip().lower() in _YES
    if name in columns.moments and (match := _LOCAL_TIME.fullmatch(cell.strip())):
        year, month, day, hour, minute, second = match.groups("00")
        return (
            f"{year}-{month:>02}-{day:>02}T{hour:>02}:{minute}:{second}+08:00"  # a sheet's time is the city's
        )
    return cell

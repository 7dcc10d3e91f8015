"""How a row of a file is read: quickly where it is as most are, else by its model, which says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.kit.problems import BadRequest
from services.kit.requests import parse_json
from services.kit.texts import Text
from services.permits.batches.desk import Desk
from services.permits.batches.saying import Said

UNSTORABLE = Text(zh="含有不可保存的字符（NUL）", en="holds a character that cannot be stored (NUL)")


@dataclass(frozen=True, slots=True)
class RowReader:
    """Of the rows of one file."""

    quick: Callable[[Any], Said]
    """What a row says; ValueError where it must be read thoroughly."""
    thorough: Callable[[Any], Any]
    """Makes a row of the desk's model, or raises ValidationError or Problem."""
    document_of: Callable[[Any], Any]
    """The row as a JSON document, read strictly."""


def of_cells(desk: Desk, content: bytes) -> RowReader:
    """Of the rows of a CSV file, which come as objects."""
    validate = desk.model.__pydantic_validator__.validate_python

    def thorough(cells: dict[str, Any]) -> Any:
        if holds_nul(cells):
            raise BadRequest(UNSTORABLE)
        return validate(cells)

    return RowReader(_never if b"\x00" in content else desk.quick.of_object, thorough, lambda cells: cells)


def holds_nul(cells: Mapping[str, Any]) -> bool:
    return any("\x00" in cell for cell in cells.values() if isinstance(cell, str))


def of_json(desk: Desk, content: bytes) -> RowReader:
    """Reads a line as strictly as `parse_json` does, without calling it where nothing can be wrong.

    pydantic's own parser refuses what is no JSON and lone surrogates, but takes the last of two members of one name,
    and NUL. A flat object in which `":` stands as often as it has members names none twice.
    """
    validate = desk.model.__pydantic_validator__.validate_json
    line_ends = content.count(b"\r") - content.count(b"\r\n")
    odd = (
        b"\x00" in content or b"\\u0000" in content or b'" :' in content or b"\t" in content or line_ends > 0
    )

    def thorough(line: bytes) -> Any:
        row = validate(line)
        if odd or line.count(b'":') != len(row.model_fields_set):
            parse_json(line)
        return row

    return RowReader(_never if odd else desk.quick.of_json, thorough, parse_json)


def _never(row: Any) -> Said:
    raise ValueError("no row of this file is read quickly")

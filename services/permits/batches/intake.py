"""One file on its way: its rows are read, judged and written out for COPY, a piece at a time, beside the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from services.kit.errors import from_validation
from services.kit.findings import FieldError, Findings
from services.kit.ids import new_id_text
from services.kit.problems import BadRequest, Problem
from services.kit.requests import is_storable, parse_json
from services.kit.salvage import Unreadable, certain, salvage
from services.kit.texts import Text
from services.kit.uploads import CSV, Upload
from services.permits.batches.desk import Desk
from services.permits.batches.reading import CHUNK, lines_of, rows_of

MAX_ERRORS = 20
"""Of one row that are listed."""

_TAKEN = Text(
    zh="该标识已用于另一条不同的记录", en="this id stands for another row, which says something else"
)
_UNSTORABLE = Text(zh="含有不可保存的字符（NUL）", en="holds a character that cannot be stored (NUL)")


def id_taken() -> FieldError:
    """The same id must be the same row (RFC 9562: an id is made once)."""
    return FieldError("/id", "id_taken", _TAKEN)


@dataclass
class Intake:
    """The rows of one file, with what became of each. Lists run in the order of the file."""

    desk: Desk
    rows: Sequence[tuple[int, Any]]
    read: Callable[[Any], Any]
    """Makes a row of the desk's model, or raises ValidationError or Problem."""
    document_of: Callable[[Any], Any]
    """The row as a JSON document, read strictly."""
    lines: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    errors: dict[int, list[FieldError]] = field(default_factory=dict)
    """Of the refused rows, by their place."""
    repeated: set[int] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    """The lines for COPY of all rows that may be kept, by id."""
    places: dict[str, int] = field(default_factory=dict)
    corrections: list[str] = field(default_factory=list)
    """Ids of the rows that correct another."""

    def pieces(self) -> Iterator[Sequence[tuple[int, Any]]]:
        """The file in pieces that `take` works on."""
        for start in range(0, len(self.rows), CHUNK):
            yield self.rows[start : start + CHUNK]

    def take(self, piece: Sequence[tuple[int, Any]]) -> bytes:
        """The next piece; what of it goes into the table at once."""
        read, judge, line_of = self.read, self.desk.judge, self.desk.line
        fresh: list[str] = []
        for line, raw in piece:
            place = len(self.lines)
            self.lines.append(line)
            try:
                row = read(raw)
                errors = judge(row)
            except (ValidationError, Problem):
                row, errors = None, self._findings(raw)
            if row is None or errors:
                self.ids.append(_id_in(raw) if row is None else row.id)
                self.errors[place] = errors[:MAX_ERRORS]
                continue
            identity = row.id or new_id_text()
            self.ids.append(identity)
            text = line_of(row, identity)
            known = self.texts.setdefault(identity, text)
            if self.places.setdefault(identity, place) != place:
                self._again(place, same=known == text)
            elif row.supersedes is None:
                fresh.append(text)
            else:
                self.corrections.append(identity)
        return "".join([f"{text}\n" for text in fresh]).encode()

    def _again(self, place: int, *, same: bool) -> None:
        """A row whose id came before in this file."""
        if same:
            self.repeated.add(place)
        else:
            self.errors[place] = [id_taken()]

    def _findings(self, raw: Any) -> list[FieldError]:
        """Everything wrong with a row that could not be read: its shape, and what the rules say of the rest."""
        try:
            document = self.document_of(raw)
            self.desk.model.model_validate(document)
        except Problem as problem:
            return [FieldError("", problem.code, problem.detail or problem.title), *problem.errors]
        except ValidationError as error:
            found = from_validation([{**each, "loc": ("body", *each["loc"])} for each in error.errors()])
            unreadable = Unreadable(each.pointer for each in found.errors)
            if unreadable.covers(""):
                return list(found.errors)
            partial = salvage(self.desk.model, document, unreadable)
            return [*found.errors, *certain(Findings(self.desk.judge(partial)), unreadable)]
        return [FieldError("", "unstorable_character", _UNSTORABLE)]


def _id_in(raw: Any) -> str | None:
    """What a refused row calls itself, where that can be read at all."""
    try:
        document = raw if isinstance(raw, dict) else parse_json(raw)
    except Problem:
        return None
    named = document.get("id") if isinstance(document, dict) else None
    return named if isinstance(named, str) and len(named) <= 36 and is_storable(named) else None


def opened(upload: Upload, desk: Desk) -> Intake:
    """The intake of a file, with everything that is wrong with it as a whole said at once."""
    if upload.media_type == CSV:
        return Intake(desk, rows_of(upload.content, desk.cells), _of_cells(desk), lambda cells: cells)
    return Intake(desk, lines_of(upload.content), _of_json(desk, upload.content), parse_json)


def _of_cells(desk: Desk) -> Callable[[Any], Any]:
    validate = desk.model.__pydantic_validator__.validate_python

    def read(cells: dict[str, Any]) -> Any:
        if any("\x00" in cell for cell in cells.values() if isinstance(cell, str)):
            raise BadRequest(_UNSTORABLE)
        return validate(cells)

    return read


def _of_json(desk: Desk, content: bytes) -> Callable[[bytes], Any]:
    """Reads a line as strictly as `parse_json` does, without calling it where nothing can be wrong.

    pydantic's own parser refuses what is no JSON and lone surrogates, but takes the last of two members of one name,
    and NUL. A flat object in which `":` stands as often as it has members names none twice.
    """
    validate = desk.model.__pydantic_validator__.validate_json
    line_ends = content.count(b"\r") - content.count(b"\r\n")
    odd = (
        b"\x00" in content or b"\\u0000" in content or b'" :' in content or b"\t" in content or line_ends > 0
    )

    def read(line: bytes) -> Any:
        row = validate(line)
        if odd or line.count(b'":') != len(row.model_fields_set):
            parse_json(line)
        return row

    return read

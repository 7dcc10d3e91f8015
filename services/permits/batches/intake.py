"""One file on its way: its rows are read, judged and written out for COPY, a piece at a time, beside the event loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from services.kit.errors import from_validation
from services.kit.findings import FieldError, Findings
from services.kit.ids import new_id_text
from services.kit.problems import Problem
from services.kit.requests import is_storable, parse_json
from services.kit.salvage import Unreadable, certain, salvage
from services.kit.texts import Text
from services.kit.uploads import CSV, Upload
from services.permits.batches.desk import Desk
from services.permits.batches.reading import CHUNK, lines_of, rows_of
from services.permits.batches.row_readers import UNSTORABLE, RowReader, holds_nul, of_cells, of_json
from services.permits.batches.saying import Said, said_by

MAX_ERRORS = 20
"""Of one row that are listed."""

_TAKEN = Text(
    zh="该标识已用于另一条不同的记录", en="this id stands for another row, which says something else"
)


def id_taken() -> FieldError:
    """The same id must be the same row (RFC 9562: an id is made once)."""
    return FieldError("/id", "id_taken", _TAKEN)


@dataclass
class Intake:
    """The rows of one file, with what became of each. Lists run in the order of the file."""

    desk: Desk
    rows: Sequence[tuple[int, Any]]
    reader: RowReader
    lines: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    errors: dict[int, list[FieldError]] = field(default_factory=dict)
    """Of the refused rows, by their place."""
    repeated: set[int] = field(default_factory=set)
    texts: dict[str, bytes] = field(default_factory=dict)
    """The lines for COPY of all rows that may be kept, by id."""
    corrections: list[str] = field(default_factory=list)
    """Ids of the rows that correct another."""

    def pieces(self) -> Iterator[Sequence[tuple[int, Any]]]:
        """The file in pieces that `take` works on."""
        for start in range(0, len(self.rows), CHUNK):
            yield self.rows[start : start + CHUNK]

    def take(self, piece: Sequence[tuple[int, Any]]) -> bytes:
        """The next piece; what of it goes into the table at once."""
        quick, is_right, line_of = self.reader.quick, self.desk.is_right, self.desk.line
        fresh: list[bytes] = []
        begun = len(self.lines)
        self.lines += [line for line, _ in piece]
        for place, (_, raw) in enumerate(piece, begun):
            try:
                said: Said | None = quick(raw)
            except ValueError:
                said = None
            if said is None or not is_right(said):
                said = self._thoroughly(raw, place)
                if said is None:
                    continue
            identity = said.get("id") or new_id_text()
            self.ids.append(identity)
            text = line_of(said, identity)
            known = self.texts.setdefault(identity, text)
            if known is not text:
                self._again(place, same=known == text)
            elif "supersedes" in said:
                self.corrections.append(identity)
            else:
                fresh.append(text)
        return b"".join(fresh)

    def places(self) -> dict[str, int]:
        """By id, where in the file the row is that goes by it."""
        entered = (
            place for place in range(len(self.ids)) if place not in self.errors and place not in self.repeated
        )
        return {identity: place for place in entered if (identity := self.ids[place]) is not None}

    def _thoroughly(self, raw: Any, place: int) -> Said | None:
        """A row by its model; None where it is refused, with everything that is wrong with it."""
        try:
            row = self.reader.thorough(raw)
            errors = self.desk.judge(row)
        except (ValidationError, Problem):
            row, errors = None, self._findings(raw)
        if row is not None and not errors:
            return said_by(row)
        self.ids.append(_id_in(raw) if row is None else row.id)
        self.errors[place] = errors[:MAX_ERRORS]
        return None

    def _again(self, place: int, *, same: bool) -> None:
        """A row whose id came before in this file."""
        if same:
            self.repeated.add(place)
        else:
            self.errors[place] = [id_taken()]

    def _findings(self, raw: Any) -> list[FieldError]:
        """Everything wrong with a row that could not be read: its shape, and what the rules say of the rest."""
        if isinstance(raw, dict) and holds_nul(raw):
            return [FieldError("", "unstorable_character", UNSTORABLE)]
        try:
            document = self.reader.document_of(raw)
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
        return [FieldError("", "unstorable_character", UNSTORABLE)]


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
    content = upload.content
    if upload.media_type == CSV:
        return Intake(desk, rows_of(content, desk.cells), of_cells(desk, content))
    return Intake(desk, lines_of(content), of_json(desk, content))

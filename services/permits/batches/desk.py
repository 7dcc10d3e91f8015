"""What a batch needs to know of its rows: how one is read, judged and written. Each kind of bulk data has one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from services.kit.findings import FieldError
from services.kit.schemas import Schema
from services.permits.batches.models import Record
from services.permits.batches.reading import Columns


class Desk(ABC):
    """Takes the rows of one file about one permit. Its methods run beside the event loop and touch no database."""

    kind: ClassVar[str]
    model: ClassVar[type[Schema]]
    """What a row is; it has `id` and `supersedes`."""
    cells: ClassVar[Columns]
    record: ClassVar[type[Record]]
    """The table; `permit_number` and `id` are its key."""
    columns: ClassVar[tuple[str, ...]]
    """Of the table, in the order in which `line` writes them."""
    same: ClassVar[tuple[str, ...]]
    """Columns by which a row that is there already is this one, sent again."""
    alike: ClassVar[tuple[str, ...]]
    """Columns in which a row and the one that it corrects agree."""

    @property
    def table(self) -> str:
        return str(self.record.__tablename__)

    @abstractmethod
    def judge(self, row: Any) -> list[FieldError]:
        """What the rules say about a row of the right shape, or what could be read of it."""

    @abstractmethod
    def line(self, row: Any, identity: str) -> str:
        """The row as a line of COPY's text format."""

    @abstractmethod
    def made_of(self, row: Any) -> Record:
        """The row as one of the table."""

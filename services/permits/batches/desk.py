"""What a batch needs to know of its rows: how one is read, judged and written. Each kind of bulk data has one."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Hashable
from datetime import datetime
from typing import Any, ClassVar

from services.kit.findings import FieldError
from services.kit.schemas import Schema
from services.permits.batches.copying import text_of
from services.permits.batches.models import Record
from services.permits.batches.reading import Columns
from services.permits.batches.rules import latest_moment
from services.permits.batches.saying import QuickReader, Said
from services.permits.batches.site import Site


class Desk(ABC):
    """Takes the rows of one file about one permit. Its methods run beside the event loop and touch no database."""

    kind: ClassVar[str]
    model: ClassVar[type[Schema]]
    """What a row is; it has `id` and `supersedes`."""
    quick: ClassVar[QuickReader]
    """Of the rows that are as most are."""
    cells: ClassVar[Columns]
    record: ClassVar[type[Record]]
    """The table; `permit_number` and `id` are its key."""
    columns: ClassVar[tuple[str, ...]]
    """Of the table, in the order in which `line` writes them."""
    same: ClassVar[tuple[str, ...]]
    """Columns by which a row that is there already is this one, sent again."""
    moment: ClassVar[str]
    """The member that says when it was; `ended_at`, where there is one, until when."""
    alike: ClassVar[tuple[str, ...]]
    """Columns in which a row and the one that it corrects agree."""

    def __init__(self, site: Site, *, batch_id: uuid.UUID | None, now: datetime, recorded_by: str) -> None:
        self.site, self.now, self.recorded_by = site, now, recorded_by
        self.latest = latest_moment(now)
        self.head = f"{site.permit_number}\t"
        self.tail = f"\t{batch_id}\t{now.isoformat()}\t{text_of(recorded_by)}\n"
        """What begins and ends each line: the columns that are the same for all rows."""
        self._right: set[Hashable] = set()

    @property
    def table(self) -> str:
        return str(self.record.__tablename__)

    @abstractmethod
    def judge(self, row: Any) -> list[FieldError]:
        """What the rules say about a row of the right shape, or what could be read of it."""

    def is_right(self, said: Said) -> bool:
        """Whether `judge` is known to find nothing: it is asked once for all rows in which it sees no difference."""
        begins = datetime.fromisoformat(said[self.moment])
        ends = datetime.fromisoformat(said["ended_at"]) if "ended_at" in said else begins
        if "supersedes" in said or not self.site.since <= begins <= ends <= self.latest:
            return False
        alike = self.seen_by_judge(said, begins)
        if alike not in self._right:
            if self.judge(self.model.model_validate(said)):
                return False
            self._right.add(alike)
        return True

    @abstractmethod
    def seen_by_judge(self, said: Said, moment: datetime) -> Hashable:
        """All that `judge` looks at in a row that corrects nothing, except whether its moments may be."""

    @abstractmethod
    def line(self, said: Said, identity: str) -> bytes:
        """The row as a line of COPY's text format."""

    @abstractmethod
    def made_of(self, row: Any) -> Record:
        """The row as one of the table."""

"""What tests of the event log share: writing marked events, numbering them, reading them like a client."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events, feed
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.sequencer import BATCH, number_batch
from services.kit.tables import EventRow
from services.kit.texts import Text


class Nothing(Schema):
    """An empty payload."""


HAPPENED = EventType("test.happened.v1", Nothing, Text(zh="发生", en="It happened"))
OPENED = EventType("test.opened.v1", Nothing, Text(zh="公开", en="It happened in the open"), Readers.PUBLIC)
EVERYTHING = Principal("reader", "reader", roles=(), scopes=frozenset(), every_enterprise=True)


def write(session: AsyncSession, mark: str, *, owner: str | None = None, public: bool = False) -> None:
    """Emits one event; `mark` is its subject, by which a test knows it again."""
    events.emit(session, kind=OPENED if public else HAPPENED, subject=mark, fact=Nothing(), owner=owner)


async def write_committed(database: Database, *marks: str, owner: str | None = None) -> None:
    async with database.transaction() as session:
        for mark in marks:
            write(session, mark, owner=owner)


async def number(database: Database, *, batch: int = BATCH) -> int:
    """One numberer's turn in a transaction of its own; how many events it numbered."""
    async with database.engine.begin() as connection:
        return await number_batch(connection, batch=batch)


async def number_all(database: Database) -> None:
    while await number(database):
        pass


@dataclass
class Reader:
    """A client of the feed: it reads on from where it stands and never looks back."""

    database: Database
    principal: Principal = EVERYTHING
    position: int = 0
    seen: list[EventRow] = field(default_factory=list)

    async def read(self, *, limit: int = 100) -> list[EventRow]:
        async with self.database.transaction() as session:
            found, self.position = await feed.read(session, self.principal, after=self.position, limit=limit)
        self.seen += found
        return found

    async def read_to_end(self, *, limit: int = 100) -> None:
        before = -1
        while self.position != before:
            before = self.position
            await self.read(limit=limit)

    @property
    def marks(self) -> list[str]:
        return [row.subject for row in self.seen]

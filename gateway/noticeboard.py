"""What the gateways of one installation tell each other at once: LISTEN/NOTIFY, and a reading behind it.

A notice may be lost (a connection that breaks, a database that starts anew), so each subscriber also reads its state
again every few seconds and whenever the connection is made anew. A notice makes it quick, the reading makes it sure.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.database import Database
from services.kit.meanwhile import meanwhile
from services.kit.telemetry import log


@dataclass(frozen=True, slots=True)
class _Subscription:
    channel: str
    heard: Callable[[str], None]
    reread: Callable[[AsyncSession], Awaitable[None]]


async def notify(session: AsyncSession, channel: str, notices: Sequence[str]) -> None:
    """Tells every gateway, this one included, when the transaction has committed; each notice under 8000 bytes."""
    if notices:
        each = sa.func.unnest(sa.literal(list(notices), sa.ARRAY(sa.Text()))).column_valued("notice")
        await session.exec(select(sa.func.pg_notify(channel, each)))


class NoticeBoard:
    """One LISTEN connection of a gateway process, for everybody in it who wants to know."""

    def __init__(self, database: Database, *, poll_seconds: float = 3) -> None:
        self._database, self._poll_seconds = database, poll_seconds
        self._dsn = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._subscriptions: list[_Subscription] = []

    def subscribe(
        self,
        channel: str,
        *,
        heard: Callable[[str], None],
        reread: Callable[[AsyncSession], Awaitable[None]],
    ) -> None:
        """`heard` gets the text of each notice of `channel`, `reread` a session to read the whole state with."""
        self._subscriptions.append(_Subscription(channel, heard, reread))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Reads once before the block begins, where the database answers, and listens for the life of it."""
        try:
            await asyncio.wait_for(self.reread(), 5)
        except Exception as error:  # the gateway starts all the same: `run` goes on trying
            log.warning("noticeboard_unread", error=error)
        async with meanwhile(self.run()):
            yield

    async def run(self) -> None:
        """Listens until cancelled; a database that is away is tried again every second."""
        while True:
            try:
                connection = await asyncpg.connect(self._dsn)
                try:
                    await self._listen(connection)
                finally:
                    connection.terminate()  # at once: a close that waits would hide a cancellation
            except Exception as error:  # whatever it was, this task must not end: nobody would start it again
                log.warning("noticeboard_waits", error=error)
                await asyncio.sleep(1)

    async def _listen(self, connection: asyncpg.Connection) -> None:
        for each in self._subscriptions:
            await connection.add_listener(each.channel, _passing_on(each))
        while True:  # after listening: what was told before it is read
            await self.reread()
            await connection.execute("SELECT 1", timeout=5)
            await asyncio.sleep(self._poll_seconds)

    async def reread(self) -> None:
        async with self._database.transaction() as session:
            for each in self._subscriptions:
                await each.reread(session)


def _passing_on(subscription: _Subscription) -> Callable[..., None]:
    def passing_on(_connection: object, _pid: int, _channel: str, notice: object) -> None:
        subscription.heard(str(notice))

    return passing_on

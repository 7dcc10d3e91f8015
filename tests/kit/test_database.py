"""The database layer under faults: dead connections, cancelled work, server time-outs, a server that is away."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.engine import make_url

from services.kit.database import GONE_SECONDS, Database, after_commit, is_away, is_busy
from services.kit.pytest_plugin import MakeDatabase

_OURS = "datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture(scope="module")
async def url(make_database: MakeDatabase) -> str:
    made = await asyncio.to_thread(make_database, "services.waste")
    connection = await _admin(made)
    await connection.execute("CREATE TABLE note (text text PRIMARY KEY)")
    await connection.close()
    return made


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    made = Database(url, pool_size=2)
    yield made
    await made.close()


@pytest.fixture
async def admin(url: str) -> AsyncIterator[Any]:
    """A connection beside the pool, which sees what the server sees; it starts with no notes."""
    connection = await _admin(url)
    await connection.execute("TRUNCATE note")
    yield connection
    await connection.close()


async def _admin(url: str) -> Any:
    return await asyncpg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    )


async def note(database: Database, text: str, *, then: str = "SELECT 1") -> None:
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(sa.text("INSERT INTO note VALUES (:text)"), {"text": text})
        await connection.execute(sa.text(then))


async def notes(admin: Any) -> list[str]:
    return [row["text"] for row in await admin.fetch("SELECT text FROM note ORDER BY text")]


async def fill_pool(database: Database) -> None:
    async with database.transaction() as first, database.transaction() as second:
        await first.connection()
        await second.connection()


class TestServerRestart:
    async def test_connections_that_the_server_closed_are_replaced_before_anybody_works_with_them(
        self, database: Database, admin: Any
    ) -> None:
        await fill_pool(database)
        closed = await admin.fetch(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {_OURS}")  # noqa: S608
        assert len(closed) == 2
        while await admin.fetchval(f"SELECT count(*) FROM pg_stat_activity WHERE {_OURS}"):  # noqa: S608
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # the driver has heard of it: of the error first, and only then of the end
        for text in "abc":
            await note(database, text)
        assert await notes(admin) == ["a", "b", "c"]

    def test_a_connection_of_which_the_driver_has_read_the_last_word_is_lost(self) -> None:
        """Its end has not been read yet, so that nobody calls it closed: the error at the next BEGIN says it alone."""
        said = AsyncAdapt_asyncpg_dbapi.InternalClientError("cannot switch to state 15", Exception())
        assert is_away(sa.exc.DBAPIError("BEGIN", None, said, connection_invalidated=False))
        assert not is_away(sa.exc.DBAPIError("BEGIN", None, AsyncAdapt_asyncpg_dbapi.Error("", Exception())))

    async def test_a_connection_lost_in_mid_transaction_says_that_the_server_is_away(
        self, database: Database, admin: Any
    ) -> None:
        with pytest.raises(sa.exc.DBAPIError) as caught:
            await note(database, "lost", then="SELECT pg_terminate_backend(pg_backend_pid())")
        assert is_away(caught.value)
        await note(database, "kept")
        assert await notes(admin) == ["kept"]

    async def test_a_connection_lost_between_two_statements_says_so_too(
        self, database: Database, admin: Any
    ) -> None:
        with pytest.raises(sa.exc.DBAPIError) as caught:
            async with database.transaction() as session:
                connection = await session.connection()
                process = await connection.scalar(sa.text("SELECT pg_backend_pid()"))
                await admin.execute("SELECT pg_terminate_backend($1, 10000)", process)
                await asyncio.sleep(0.1)  # the driver has heard of it before the next statement
                await connection.execute(sa.text("SELECT 1"))
        assert is_away(caught.value)

    async def test_why_the_block_ended_is_not_hidden_by_a_dead_connection(self, database: Database) -> None:
        with pytest.raises(LookupError):
            async with database.transaction() as session:
                connection = await session.connection()
                with pytest.raises(sa.exc.DBAPIError):
                    await connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
                raise LookupError


class TestCancellation:
    @pytest.mark.parametrize(("times", "sleep"), [(1, 60), (2, 1), (3, 1)])
    async def test_work_cancelled_in_mid_query_holds_nothing(
        self, database: Database, admin: Any, times: int, sleep: int
    ) -> None:
        """Cancelled once, the server is told to stop; cancelled while telling, it runs the statement to its end."""
        query = f"SELECT pg_sleep({sleep})"
        task = asyncio.create_task(note(database, "half", then=query))
        running = f"SELECT count(*) FROM pg_stat_activity WHERE {_OURS} AND query = $1 AND state = 'active'"  # noqa: S608
        while not await admin.fetchval(running, query):
            await asyncio.sleep(0.01)
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
        await self._holds_nothing(database, admin)

    async def test_work_cancelled_between_two_queries_holds_nothing(
        self, database: Database, admin: Any
    ) -> None:
        written = asyncio.Event()

        async def work() -> None:
            async with database.transaction() as session:
                await (await session.connection()).execute(sa.text("INSERT INTO note VALUES ('half')"))
                written.set()
                await asyncio.sleep(60)

        task = asyncio.create_task(work())
        await written.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await self._holds_nothing(database, admin)

    async def _holds_nothing(self, database: Database, admin: Any) -> None:
        assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        await fill_pool(database)  # neither place in the pool is lost
        await asyncio.wait_for(note(database, "half"), 20)  # and no lock is held on that key
        assert await notes(admin) == ["half"]
        open_ones = f"SELECT count(*) FROM pg_stat_activity WHERE {_OURS} AND state LIKE 'idle in%'"  # noqa: S608
        assert await admin.fetchval(open_ones) == 0

    async def test_any_moment_of_cancellation_leaves_all_or_nothing(
        self, database: Database, admin: Any
    ) -> None:
        """Cancelled after each possible number of steps of the loop, the note is there whole or not at all."""
        for steps in range(60):
            task = asyncio.create_task(note(database, f"{steps:02}"))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            there = f"{steps:02}" in await notes(admin)
            if not task.cancelled():
                assert there
            assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        await fill_pool(database)


async def test_callbacks_run_after_the_commit_and_only_then(database: Database, admin: Any) -> None:
    seen: list[str] = []
    with pytest.raises(sa.exc.IntegrityError):
        async with database.transaction() as session:
            after_commit(session, "x", lambda: seen.append("rolled back"))
            await (await session.connection()).execute(sa.text("INSERT INTO note VALUES (NULL)"))
    async with database.transaction() as session:
        for text in ("first", "second"):
            after_commit(session, "x", lambda text=text: seen.append(text))  # type: ignore[misc]
        assert seen == []
    assert seen == ["second"]


@pytest.mark.parametrize(
    ("state", "away", "busy"),
    [
        ("57014", True, False),
        ("53300", True, False),
        ("08006", True, False),
        ("58030", True, False),
        ("55P03", False, True),
        ("40001", False, True),
        ("40P01", False, True),
        ("23505", False, False),
        ("22001", False, False),
    ],
)
async def test_errors_are_told_apart(database: Database, state: str, away: bool, busy: bool) -> None:
    with pytest.raises(sa.exc.DBAPIError) as caught:
        await note(database, f"never {state}", then=f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$")
    assert (is_away(caught.value), is_busy(caught.value)) == (away, busy)


async def test_a_value_that_the_driver_cannot_send_is_neither(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError) as caught:
        async with database.transaction() as session:
            await (await session.connection()).execute(sa.text("SELECT CAST(:x AS int)"), {"x": 2**80})
    assert not is_away(caught.value)
    assert not is_busy(caught.value)


@contextlib.asynccontextmanager
async def over_tcp(url: str) -> AsyncIterator[str]:
    """The same database by TCP: the embedded server listens on a socket of the file system only."""
    given = make_url(url)
    folder = given.query.get("host")
    if not isinstance(folder, str):
        yield url
        return

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_there = await asyncio.open_unix_connection(
            f"{folder}/.s.PGSQL.{given.query.get('port', 5432)}"
        )
        await asyncio.gather(pass_on(reader, to_there), pass_on(there, writer))

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    query = {name: value for name, value in given.query.items() if name not in ("host", "port")}
    yield given.set(host="127.0.0.1", port=port, query=query).render_as_string(hide_password=False)
    server.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system cannot")
async def test_a_host_that_is_gone_is_given_up_by_the_kernel(url: str) -> None:
    """Without probes whoever waits for its answer waits for ever, and holds a connection of the pool."""
    async with over_tcp(url) as address:
        database = Database(address, pool_size=1)
        async with database.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            sock: socket.socket = driver._transport.get_extra_info("socket")
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            tcp = socket.IPPROTO_TCP
            idle, pause, probes = (
                sock.getsockopt(tcp, option)
                for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
            assert idle + pause * probes <= GONE_SECONDS
            assert sock.getsockopt(tcp, socket.TCP_USER_TIMEOUT) == GONE_SECONDS * 1000
        await database.close()

"""What is told in a transaction is written with it, and only what stays of it; statements by the driver fail alike."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock, events
from services.kit.auth import Principal
from services.kit.database import Database, is_busy
from services.kit.driven import Driven, detached
from services.kit.event_catalogue import EventType
from services.kit.pytest_plugin import MakeDatabase
from services.kit.schemas import Schema
from services.kit.tables import ConsumerRow
from services.kit.texts import Text
from services.kit.told import savepoint

CLERK = Principal(subject="clerk", name="clerk", roles=("clerk",), scopes=frozenset())


class Told(Schema):
    number: int


TOLD = EventType("told.told.v1", Told, Text(zh="已告知", en="It was told"))
_ACTIONS = sa.text("SELECT action, after, counterparts FROM audit_log WHERE entity_id = :of ORDER BY at, id")
_NUMBERS = sa.text("SELECT data->'number' FROM event_log WHERE subject = :of ORDER BY sequence")


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=3)
    yield made
    await made.close()


@pytest.fixture
def of() -> str:
    return f"/v1/told/{uuid.uuid4()}"


def tell(session: AsyncSession, of: str, number: int) -> None:
    audit.record(session, CLERK, action=f"told.{number}", entity="told", entity_id=of, after={"n": number})
    events.emit(session, kind=TOLD, subject=of, fact=Told(number=number))


async def stands(database: Database, of: str) -> tuple[list[str], list[int]]:
    async with database.engine.connect() as connection:
        actions = [row.action for row in await connection.execute(_ACTIONS, {"of": of})]
        return actions, list((await connection.execute(_NUMBERS, {"of": of})).scalars())


async def test_all_that_is_told_is_written_with_the_commit_in_its_order(database: Database, of: str) -> None:
    async with database.transaction() as session:
        for number in range(30):
            tell(session, of, number)
        assert await stands(database, of) == ([], [])
    assert await stands(database, of) == ([f"told.{number}" for number in range(30)], list(range(30)))


async def test_what_was_not_said_is_null_and_not_the_text_of_it(database: Database, of: str) -> None:
    async with database.transaction() as session:
        audit.record(
            session,
            CLERK,
            action="told",
            entity="told",
            entity_id=of,
            counterparts=["b", "a"],
            before={"é": "汉"},
        )
    async with database.engine.connect() as connection:
        wanted = sa.text(
            "SELECT after IS NULL, owner IS NULL, before->>'é', counterparts FROM audit_log WHERE entity_id = :of"
        )
        assert (await connection.execute(wanted, {"of": of})).one() == (True, True, "汉", ["a", "b"])


async def test_nothing_is_written_where_the_transaction_fails(database: Database, of: str) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as session:
            tell(session, of, 1)
            raise RuntimeError
    assert await stands(database, of) == ([], [])


async def test_what_was_told_in_a_savepoint_that_failed_is_not_written(database: Database, of: str) -> None:
    async with database.transaction() as session:
        tell(session, of, 1)
        with pytest.raises(RuntimeError):
            async with savepoint(session):
                tell(session, of, 2)
                async with savepoint(session):
                    tell(session, of, 3)
                raise RuntimeError
        async with savepoint(session):
            tell(session, of, 4)
    assert await stands(database, of) == (["told.1", "told.4"], [1, 4])


async def test_what_is_no_json_is_refused_and_not_written_as_a_text(database: Database, of: str) -> None:
    with pytest.raises(TypeError, match="Decimal is no JSON"):
        async with database.transaction() as session:
            audit.record(session, CLERK, action="told", entity="told", entity_id=of, after={"t": Decimal(1)})
    assert await stands(database, of) == ([], [])


_READ = Driven(sa.select(sa.bindparam("number", type_=sa.Numeric()), sa.bindparam("who", type_=sa.Uuid())))
_LOCK = Driven(sa.text("LOCK TABLE consumer_cursor IN ACCESS EXCLUSIVE MODE"))


async def test_a_driven_statement_takes_and_gives_what_the_types_say(database: Database) -> None:
    who = uuid.uuid4()
    async with database.transaction() as session:
        assert [tuple(row) for row in await _READ.fetch(session, number=Decimal("1.50"), who=who)] == [
            (Decimal("1.50"), who)
        ]


async def test_it_is_part_of_the_sessions_transaction(database: Database, of: str) -> None:
    add = Driven(
        sa.text("INSERT INTO consumer_cursor VALUES (:name, 0, now())").bindparams(
            sa.bindparam("name", type_=sa.Text())
        )
    )
    wanted = sa.text("SELECT count(*) FROM consumer_cursor WHERE name = :name")
    with pytest.raises(RuntimeError):
        async with database.transaction() as session:
            await add.many(session, [{"name": of}, {"name": of + "2"}])
            assert (await (await session.connection()).scalar(wanted, {"name": of})) == 1
            raise RuntimeError
    async with database.engine.connect() as connection:
        assert (await connection.scalar(wanted, {"name": of})) == 0
    with pytest.raises(sa.exc.IntegrityError):
        async with database.transaction() as session:
            await add.many(session, [{"name": of}, {"name": of}])


async def test_its_errors_are_known_as_those_of_sqlalchemy(database: Database) -> None:
    async with database.transaction() as holding:
        await _LOCK.fetch(holding)
        async with database.transaction() as session:
            await (await session.connection()).execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(sa.exc.DBAPIError) as caught:
                await _LOCK.fetch(session)
            assert is_busy(caught.value)
            await session.rollback()


def test_a_detached_object_is_a_whole_row_that_no_session_notices() -> None:
    whole = {"name": "x", "position": 1, "updated_at": clock.now()}
    row = detached(ConsumerRow, **whole)
    assert row.model_dump() == whole
    row.position = 2
    assert (row.position, sa.inspect(row).transient) == (2, True)
    with pytest.raises(TypeError, match="not its columns"):
        detached(ConsumerRow, name="x", position=1)


async def test_after_a_rollback_it_works_in_the_next_transaction_of_the_session(database: Database) -> None:
    """On a connection that is the session's: the one before may be somebody else's by then."""
    pool: Any = database.engine.pool
    async with database.transaction() as session:
        await _READ.fetch(session, number=None, who=None)
        await session.rollback()
        assert pool.checkedout() == 0
        await _READ.fetch(session, number=None, who=None)
        assert pool.checkedout() == 1

"""What is told in a transaction is written with it, and only what stays of it; statements by the driver fail alike."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock, events
from services.kit.auth import Principal
from services.kit.database import Database, is_away, is_busy
from services.kit.driven import Driven, detached
from services.kit.event_catalogue import EventType
from services.kit.pytest_plugin import MakeDatabase
from services.kit.schemas import Schema
from services.kit.tables import ConsumerRow, IdempotencyRow
from services.kit.texts import Text
from services.kit.told import Writing, answer, savepoint, write_with

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


async def test_an_answer_whose_claim_is_gone_fails_with_all_that_was_told(
    database: Database, of: str
) -> None:
    with pytest.raises(RuntimeError, match="the claim of an idempotency key is gone"):
        async with database.transaction() as session:
            tell(session, of, 1)
            answer(session, caller="clerk", key=of, status=201, headers={}, body=b"{}")
    assert await stands(database, of) == ([], [])


async def test_an_answer_is_kept_with_what_was_told_and_without(database: Database, of: str) -> None:
    for key, told in ((f"{of}/1", True), (f"{of}/2", False)):
        async with database.transaction() as session:
            session.add(IdempotencyRow(caller="clerk", key=key, fingerprint="", created_at=clock.now()))
            if told:
                tell(session, of, 1)
            answer(session, caller="clerk", key=key, status=201, headers={"etag": "é"}, body=b"\x00")
        async with database.transaction() as session:
            kept = await session.get_one(IdempotencyRow, ("clerk", key))
            assert (kept.status, kept.headers, kept.body) == (201, {"etag": "é"}, b"\x00")
    assert await stands(database, of) == (["told.1"], [1])


_CURSOR: Any = sa.inspect(ConsumerRow).local_table
_NAMES = ("name", "position", "updated_at")
_WITH_CURSOR = Writing(
    _CURSOR.insert()
    .values({name: sa.bindparam(f"of_{name}", type_=_CURSOR.c[name].type) for name in _NAMES})
    .cte("cursor_added")
)


def given(name: str, position: int = 1) -> dict[str, Any]:
    return {"of_name": name, "of_position": position, "of_updated_at": clock.now()}


async def cursors(database: Database, name: str) -> list[int]:
    async with database.transaction() as session:
        found = await session.exec(select(ConsumerRow.position).where(ConsumerRow.name == name))
        return list(found.all())


@pytest.mark.parametrize("is_told", [False, True])
async def test_what_goes_with_the_last_statement_is_written_by_it(
    database: Database, of: str, is_told: bool
) -> None:
    async with database.transaction() as session:
        write_with(session, _WITH_CURSOR, given(of))
        if is_told:
            tell(session, of, 1)
        with pytest.raises(RuntimeError):
            async with savepoint(session):
                tell(session, of, 2)
                raise RuntimeError
        assert await cursors(database, of) == []
    assert await cursors(database, of) == [1]
    assert await stands(database, of) == ((["told.1"], [1]) if is_told else ([], []))


async def test_where_it_fails_nothing_of_the_transaction_stays(database: Database, of: str) -> None:
    async with database.transaction() as session:
        write_with(session, _WITH_CURSOR, given(of))
    with pytest.raises(sa.exc.IntegrityError):
        async with database.transaction() as session:
            tell(session, of, 1)
            write_with(session, _WITH_CURSOR, given(of, 2))
    assert (await cursors(database, of), await stands(database, of)) == ([1], ([], []))


async def test_one_statement_goes_with_the_last_and_none_of_a_savepoint(database: Database, of: str) -> None:
    async with database.transaction() as session:
        async with savepoint(session):
            with pytest.raises(RuntimeError):
                write_with(session, _WITH_CURSOR, given(of))
        write_with(session, _WITH_CURSOR, given(of, 2))
        with pytest.raises(RuntimeError):
            write_with(session, _WITH_CURSOR, given(of, 3))
    assert await cursors(database, of) == [2]


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
            assert await add.execute(session, name=of) == "INSERT 0 1"
            assert (await (await session.connection()).scalar(wanted, {"name": of})) == 1
            raise RuntimeError
    async with database.engine.connect() as connection:
        assert (await connection.scalar(wanted, {"name": of})) == 0
    with pytest.raises(sa.exc.IntegrityError):
        async with database.transaction() as session:
            await add.execute(session, name=of)
            await add.execute(session, name=of)


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


async def test_nothing_is_done_in_a_transaction_that_has_failed(database: Database, of: str) -> None:
    """A flush that fails outside a savepoint ends it; what was told must not be written beside it."""
    row = {"name": of, "position": 1, "updated_at": clock.now()}
    with pytest.raises(sa.exc.PendingRollbackError):
        async with database.transaction() as session:
            tell(session, of, 1)
            await _READ.fetch(session, number=None, who=None)
            session.add(ConsumerRow(**row))
            await session.flush()
            session.expunge_all()
            session.add(ConsumerRow(**row))
            with pytest.raises(sa.exc.IntegrityError):
                await session.flush()
            session.expunge_all()
    assert await stands(database, of) == ([], [])


async def test_what_is_told_while_the_session_writes_its_objects_is_written(
    database: Database, of: str
) -> None:
    def also(_mapper: object, _connection: object, _row: object) -> None:
        tell(present[0], of, 2)

    present: list[AsyncSession] = []
    sa.event.listen(ConsumerRow, "after_insert", also)
    try:
        async with database.transaction() as session:
            present.append(session)
            tell(session, of, 1)
            session.add(ConsumerRow(name=of, position=1, updated_at=clock.now()))
    finally:
        sa.event.remove(ConsumerRow, "after_insert", also)
    assert await stands(database, of) == (["told.1", "told.2"], [1, 2])


@pytest.mark.parametrize("given", [{}, {"number": 1}, {"number": 1, "who": None, "whom": None}])
async def test_a_parameter_that_is_missing_or_unknown_is_no_null(
    database: Database, given: dict[str, Any]
) -> None:
    async with database.transaction() as session:
        with pytest.raises(TypeError, match="not the statement's parameters"):
            await _READ.fetch(session, **given)


async def test_a_connection_lost_in_it_is_given_up_and_hides_nothing(database: Database) -> None:
    end = Driven(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(LookupError):
        async with database.transaction() as session:
            with pytest.raises(sa.exc.DBAPIError) as caught:
                await end.fetch(session)
            assert is_away(caught.value)
            raise LookupError
    async with database.transaction() as session:
        assert len(await _READ.fetch(session, number=None, who=None)) == 1


async def test_its_errors_say_no_more_than_sqlalchemys(database: Database) -> None:
    add = sa.text("INSERT INTO consumer_cursor (name, position) VALUES ('Zhang San', 1)")  # without its time
    said = []
    for driven in (True, False):
        async with database.transaction() as session:
            with pytest.raises(sa.exc.IntegrityError) as caught:
                await (Driven(add).execute(session) if driven else (await session.connection()).execute(add))
            await session.rollback()
        said.append((type(caught.value), str(caught.value.orig), type(caught.value.orig)))
    assert said[0] == said[1]
    assert "Zhang San" not in str(caught.value.orig)

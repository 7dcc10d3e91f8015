"""Denied attempts at the gate: in the trail, and bounded, so that a flood of them cannot fill the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlmodel import col, select

from gateway.trail.denials import REST, Denial, Denials, variables_of
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.ids import new_id
from services.kit.tables import AuditRow
from tests.support.town import Town


@pytest.fixture
async def database(town: Town) -> AsyncIterator[Database]:
    made = Database(town.stack.databases["gateway"], pool_size=1)
    yield made
    await made.close()


@pytest.fixture
def caller() -> Principal:
    return Principal(subject=str(new_id()), name="x", roles=("clerk",), scopes=frozenset())


async def rows_of(database: Database, actor: str) -> list[AuditRow]:
    wanted = select(AuditRow).where(AuditRow.actor == actor).order_by(col(AuditRow.at), col(AuditRow.id))
    async with database.transaction() as session:
        return list((await session.exec(wanted)).all())


def denial(caller: Principal, record: str, code: str = "forbidden") -> Denial:
    return Denial(caller, "GET /v1/things/{id}", code, record, None)


async def test_the_first_is_written_at_once_and_the_rest_as_one_row(
    database: Database, caller: Principal
) -> None:
    denials = Denials(database)
    async with denials.running():
        denials.note(denial(caller, "7"), request_id="first-request")
        await denials._write(whole=False)
        assert len(await rows_of(database, caller.subject)) == 1
        for each in range(500):
            denials.note(denial(caller, str(each)))
        await denials._write(whole=False)
        assert len(await rows_of(database, caller.subject)) == 1
    first, rest = await rows_of(database, caller.subject)
    assert (first.refusal, first.entity_id, first.request_id) == ("forbidden", "7", "first-request")
    assert (first.after or {})["times"] == 1
    assert (rest.after or {})["times"] == 500
    assert len((rest.after or {})["records"]) == 20


async def test_each_window_begins_anew(database: Database, caller: Principal) -> None:
    denials = Denials(database)
    for _ in range(2):
        denials.note(denial(caller, "7"))
        await denials._write(whole=True)
    assert [(row.after or {})["times"] for row in await rows_of(database, caller.subject)] == [1, 1]


async def test_beyond_so_many_kinds_the_rest_are_counted_together(
    database: Database, caller: Principal
) -> None:
    denials = Denials(database, max_kinds=3)
    code = f"code_{new_id().hex}"
    for each in range(50):
        denials.note(denial(Principal(f"{caller.subject}.{each}", "x", (), frozenset()), "7", code))
    await denials._write(whole=True)
    together = [row for row in await rows_of(database, REST.subject) if row.refusal == code]
    assert [(row.after or {})["times"] for row in together] == [47]


async def test_a_kind_is_caller_route_and_code(database: Database, caller: Principal) -> None:
    denials = Denials(database)
    for code in ("forbidden", "wrong_audience", "forbidden"):
        denials.note(denial(caller, "7", code))
    await denials._write(whole=True)
    found = {(row.refusal, (row.after or {})["times"]) for row in await rows_of(database, caller.subject)}
    assert found == {("forbidden", 2), ("wrong_audience", 1)}


async def test_a_database_that_is_away_harms_no_request(caller: Principal) -> None:
    nowhere = Database("postgresql+asyncpg://u:p@127.0.0.1:9/nothing", pool_size=1)
    denials = Denials(nowhere)
    denials.note(denial(caller, "7"))
    await denials._write(whole=True)
    await nowhere.close()


def test_what_a_path_names() -> None:
    assert variables_of("/v1/a/{id}/b/{n:path}/c", "/v1/a/7/b/8/9/c") == {"id": "7", "n": "8/9"}
    assert variables_of("/v1/a.b/{id}", "/v1/aXb/7") == {}
    assert variables_of("/v1/a", "/v1/a") == {}

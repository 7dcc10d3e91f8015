"""Records of outlets that the permit does not have are a violation, month by month (条例 art. 36(1))."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from services.kit import clock, rounds
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.permits.monitoring import service as monitoring
from services.permits.monitoring.schemas import RecordCreate
from services.permits.violations import outlets, repository, rules, steps
from tests.permits.obligations.test_late import on, permit
from tests.permits.violations.test_frequency import HOLDER, violations

INSPECTOR = Principal(
    "inspector", "inspector", roles=("inspector",), scopes=frozenset(), every_enterprise=True
)


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=5)
    yield made
    await made.close()


async def recorded(database: Database, number: str, moment: str, **changes: object) -> None:
    content = {
        **{"outlet_code": "DA009", "pollutant_code": "a21026", "means": "automatic", "unit": "mg/m3"},
        **{"sampled_at": f"{moment}:00+08:00", "value": "120", "unpermitted_outlet": True},
        **changes,
    }
    with clock.at(on("2025-06-01")):
        async with database.transaction() as session:
            record = RecordCreate.model_validate(content)
            await monitoring.record(session, HOLDER, record, permit_number=number)


async def make(database: Database) -> None:
    with clock.at(on("2025-06-02")):
        assert await rounds.make(database, outlets.wrong_outlets())


async def test_a_month_of_another_outlet_is_one_violation_that_more_records_change(
    database: Database,
) -> None:
    number = await permit(database)
    await recorded(database, number, "2025-04-30T23:30")
    await recorded(database, number, "2025-05-01T00:30")
    await recorded(database, number, "2025-05-01T00:30", outlet_code="DA001", unpermitted_outlet=False)
    for _ in range(2):
        await make(database)
    april, may = await violations(database, number)
    assert {each.kind for each in (april, may)} == {rules.Kind.WRONG_OUTLET}
    assert {each.outlet_code for each in (april, may)} == {"DA009"}
    assert (april.period_start, april.period_end, april.value) == (date(2025, 4, 30), date(2025, 4, 30), 1)
    assert (may.version, may.state, may.finding) == (
        1,
        "open",
        "自行监测记录1条，2025-05-01至2025-05-01，许可证无此排放口",
    )
    await recorded(database, number, "2025-05-20T08:00")
    await make(database)
    _, may = await violations(database, number)
    assert (may.version, may.value, may.period_end) == (2, 2, date(2025, 5, 20))


async def test_what_an_inspector_dismissed_comes_back_by_new_records_alone(database: Database) -> None:
    number = await permit(database)
    await recorded(database, number, "2025-05-01T08:00")
    await make(database)
    (found,) = await violations(database, number)
    async with database.transaction() as session:
        locked = await repository.locked(session, found.id)
        assert locked is not None
        changes = {"proposed_by": "a", "proposed_reason": "编号有误"}
        steps.take(session, INSPECTOR, locked, rules.Step.PROPOSE, changes=changes)
        steps.take(session, INSPECTOR, locked, rules.Step.DISMISS, changes={"resolution": "dismissed"})
    await make(database)
    (dismissed,) = await violations(database, number)
    assert dismissed.state == "dismissed"
    await recorded(database, number, "2025-05-02T08:00")
    await make(database)
    (again,) = await violations(database, number)
    assert (again.state, again.value) == ("open", 2)

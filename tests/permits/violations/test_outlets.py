"""Records of outlets that the permit does not have are a violation, month by month (条例 art. 36(1))."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from services.kit import clock, rounds
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.ids import new_id
from services.kit.pytest_plugin import MakeDatabase
from services.permits.monitoring import service as monitoring
from services.permits.monitoring.schemas import RecordCreate
from services.permits.violations import outlets, repository, rules, service, steps
from services.permits.violations.models import Violation
from services.permits.violations.schemas import ViolationCreate
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


async def recorded(
    database: Database, number: str, moment: str, *, entered: str = "2025-06-01", **changes: object
) -> None:
    content = {
        **{"outlet_code": "DA009", "pollutant_code": "a21026", "means": "automatic", "unit": "mg/m3"},
        **{"sampled_at": f"{moment}:00+08:00", "value": "120", "unpermitted_outlet": True},
        **changes,
    }
    with clock.at(on(entered)):
        async with database.transaction() as session:
            record = RecordCreate.model_validate(content)
            await monitoring.record(session, HOLDER, record, permit_number=number)


async def make(database: Database) -> None:
    with clock.at(on("2025-06-10")):
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


FIRST, SECOND, FIXED = ("01a1f000-0000-7000-8000-00000000000" + each for each in "123")


async def corrected(
    database: Database, number: str, moment: str, *, old: str, new: str, entered: str
) -> None:
    said = {"id": new, "supersedes": old, "reason": "采样时间有误"}
    await recorded(database, number, moment, entered=entered, **said)


async def decided(database: Database, violation: Violation, day: str, *decisions: rules.Step) -> None:
    """An inspector's decisions, all on one day, as the use cases take them."""
    changes: dict[rules.Step, dict[str, object]] = {
        rules.Step.RESOLVE: {"resolution": "confirmed", "resolved_on": date.fromisoformat(day)},
        rules.Step.PROPOSE: {"proposed_by": "a", "proposed_reason": "编号有误"},
        rules.Step.DISMISS: {"resolution": "dismissed", "resolved_on": date.fromisoformat(day)},
    }
    with clock.at(on(day)):
        async with database.transaction() as session:
            locked = await repository.locked(session, violation.id)
            assert locked is not None
            for step in decisions:
                steps.take(session, INSPECTOR, locked, step, changes=changes[step])


DISMISSED = (rules.Step.PROPOSE, rules.Step.DISMISS)


async def test_what_an_inspector_dismissed_comes_back_by_new_records_alone(database: Database) -> None:
    number = await permit(database)
    for day, identity in (("2025-05-01", FIRST), ("2025-05-02", SECOND)):
        await recorded(database, number, f"{day}T08:00", id=identity)
    await make(database)
    (found,) = await violations(database, number)
    await decided(database, found, "2025-06-03", *DISMISSED)
    await make(database)
    (dismissed,) = await violations(database, number)
    assert (dismissed.state, dismissed.version) == ("dismissed", 3)
    moved = {"old": SECOND, "new": FIXED, "entered": "2025-06-04"}
    await corrected(database, number, "2025-04-02T08:00", **moved)
    await make(database)
    _, lowered = await violations(database, number)
    assert (lowered.state, lowered.resolution, lowered.value) == ("dismissed", "dismissed", 1)
    await corrected(database, number, "2025-05-03T08:00", old=FIRST, new=str(new_id()), entered="2025-06-05")
    await make(database)
    _, still = await violations(database, number)
    assert (still.state, still.period_start) == ("dismissed", date(2025, 5, 3))
    await recorded(database, number, "2025-05-02T08:00", entered="2025-06-06")
    await make(database)
    _, again = await violations(database, number)
    assert (again.state, again.resolution, again.value) == ("open", None, 2)


async def test_what_an_inspector_resolved_stands_again_by_records_that_came_later_alone(
    database: Database,
) -> None:
    number = await permit(database)
    for day, identity in (("2025-05-01", FIRST), ("2025-05-02", SECOND)):
        await recorded(database, number, f"{day}T08:00", id=identity)
    await make(database)
    (found,) = await violations(database, number)
    await decided(database, found, "2025-06-03", rules.Step.RESOLVE)
    await corrected(database, number, "2025-05-03T08:00", old=SECOND, new=FIXED, entered="2025-06-04")
    await make(database)
    (resolved,) = await violations(database, number)
    assert (resolved.state, resolved.resolved_on) == ("resolved", date(2025, 6, 3))
    assert resolved.period_end == date(2025, 5, 3)
    await recorded(database, number, "2025-05-20T08:00", entered="2025-06-05")
    await make(database)
    (again,) = await violations(database, number)
    assert (again.state, again.resolved_on, again.value) == ("open", None, 3)
    await decided(database, again, "2025-06-06", rules.Step.RESOLVE)
    await make(database)
    (over,) = await violations(database, number)
    assert over.state == "resolved"


async def test_a_record_that_was_moved_into_a_month_and_one_corrected_before_the_round_are_new_there(
    database: Database,
) -> None:
    number = await permit(database)
    await recorded(database, number, "2025-04-01T08:00", id=FIRST)
    await recorded(database, number, "2025-05-01T08:00")
    await make(database)
    april, may = await violations(database, number)
    for each in (april, may):
        await decided(database, each, "2025-06-03", *DISMISSED)
    await recorded(database, number, "2025-04-02T08:00", id=SECOND, entered="2025-06-04")
    await corrected(database, number, "2025-04-03T08:00", old=SECOND, new=FIXED, entered="2025-06-05")
    await corrected(database, number, "2025-05-02T08:00", old=FIRST, new=str(new_id()), entered="2025-06-05")
    await make(database)
    assert [(each.state, each.value) for each in await violations(database, number)] == [
        ("open", 1),
        ("open", 2),
    ]


async def test_a_month_that_corrections_emptied_is_corrected_and_stands_again_with_a_record(
    database: Database,
) -> None:
    number = await permit(database)
    await recorded(database, number, "2025-05-01T08:00", id=FIRST)
    await make(database)
    await corrected(database, number, "2025-04-01T08:00", old=FIRST, new=SECOND, entered="2025-06-02")
    for _ in range(2):
        await make(database)
    april, may = await violations(database, number)
    assert (april.state, april.value) == ("open", 1)
    assert (may.state, may.resolution, may.version) == ("resolved", "corrected", 2)
    await corrected(database, number, "2025-05-02T08:00", old=SECOND, new=FIXED, entered="2025-06-03")
    await make(database)
    april, may = await violations(database, number)
    assert (april.state, april.resolution) == ("resolved", "corrected")
    assert (may.state, may.resolution, may.period_start) == ("open", None, date(2025, 5, 2))


async def test_what_an_inspector_entered_of_the_same_outlet_is_left_alone(database: Database) -> None:
    number = await permit(database)
    await recorded(database, number, "2025-04-01T08:00")
    content = ViolationCreate(
        kind="wrong_outlet",
        permit_number=number,
        outlet_code="DA009",
        period_start=date(2025, 5, 1),
        period_end=date(2025, 5, 1),
        finding="现场发现",
    )
    with clock.at(on("2025-06-01")):
        async with database.transaction() as session:
            await service.enter(session, INSPECTOR, content)
    await make(database)
    _, entered = await violations(database, number)
    assert (entered.state, entered.version) == ("open", 1)

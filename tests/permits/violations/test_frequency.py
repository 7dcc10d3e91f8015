"""Samples that the permit wanted and nobody took (排污许可管理条例 art. 19, 36(5)): the rule, and its round."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from services.kit import clock, rounds
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.permits.monitoring import service as monitoring
from services.permits.monitoring.schemas import RecordCreate
from services.permits.obligations.rules_sampling import Planned, Requirement, samplings
from services.permits.violations import sampling
from services.permits.violations.models import Violation
from services.permits.violations.rules_frequency import Grace, Sampled, judged
from tests.permits.obligations.test_late import on, permit

SINCE, UNTIL = date(2026, 1, 1), date(2026, 3, 31)


def found(per: str, *taken: str, count: int = 1) -> list[Sampled]:
    plan = [Planned(Requirement("DA001", "a21026", count, per), date(2025, 1, 1), date(2029, 12, 31))]
    counts = {("DA001", "a21026"): [(date.fromisoformat(day), 1) for day in taken]}
    return judged(samplings(plan, since=SINCE, until=UNTIL), counts, since=SINCE, until=UNTIL)


class TestArticle36:
    def test_what_is_due_daily_is_judged_by_the_month(self) -> None:
        january, february, march = found("day", *(f"2026-01-{day:02}" for day in range(1, 32)), "2026-02-03")
        assert (january.wanted, january.taken, january.short) == (31, 31, 0)
        assert (february.first, february.last, february.taken, february.short) == (
            date(2026, 2, 1),
            date(2026, 2, 28),
            1,
            27,
        )
        assert march.short == 31

    def test_more_in_one_window_make_up_for_none_in_another(self) -> None:
        january = found("week", "2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08")[0]
        assert (january.wanted, january.taken, january.short) == (4, 1, 3)

    def test_a_longer_window_is_judged_as_a_whole_and_only_when_it_is_over(self) -> None:
        (quarter,) = found("quarter", "2026-03-31")
        assert (quarter.first, quarter.last, quarter.short) == (SINCE, UNTIL, 0)
        assert found("half_year") == []

    def test_a_sample_is_missing_only_after_the_time_that_a_laboratory_has(self) -> None:
        grace = Grace(days=15, lookback_days=60)
        assert grace.span(date(2026, 4, 15)) == (date(2026, 1, 1), date(2026, 3, 30))
        assert grace.span(date(2026, 4, 16)) == (date(2026, 1, 1), date(2026, 3, 31))


HOLDER = Principal("holder", "holder", roles=("enterprise",), scopes=frozenset(), every_enterprise=True)
ROW = {
    "outlet_code": "DA001",
    "pollutant_code": "a21026",
    "pollutant_name": "二氧化硫",
    "means": "manual",
    "frequency": {"count": 1, "per": "month"},
}


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=5)
    yield made
    await made.close()


async def violations(database: Database, number: str) -> list[Violation]:
    async with database.transaction() as session:
        statement = (
            select(Violation).where(Violation.permit_number == number).order_by(Violation.period_start)
        )  # type: ignore[arg-type]
        return list(await session.exec(statement))


async def make(database: Database, day: str) -> None:
    with clock.at(on(day)):
        assert await rounds.make(database, sampling.missed_samples())


async def sampled(database: Database, number: str, moment: str, *, at: str) -> None:
    content: dict[str, Any] = {
        **{name: ROW[name] for name in ("outlet_code", "pollutant_code", "means")},
        "sampled_at": f"{moment}:00+08:00",
        "value": "120",
        "unit": "mg/m3",
        "method_standard": "HJ 57-2017",
        "laboratory": "示例检测有限公司",
    }
    with clock.at(on(at)):
        async with database.transaction() as session:
            record = RecordCreate.model_validate(content)
            await monitoring.record(session, HOLDER, record, permit_number=number)


async def test_a_month_without_its_sample_is_one_violation_however_often_it_is_looked(
    database: Database,
) -> None:
    number = await permit(database, monitoring=[ROW])
    await sampled(database, number, "2025-01-20T10:00", at="2025-01-21")
    await make(database, "2025-03-15")
    assert await violations(database, number) == []
    for day in ("2025-03-16", "2025-03-17"):
        await make(database, day)
    (missed,) = await violations(database, number)
    assert (missed.kind, missed.state, missed.outlet_code) == ("frequency", "open", "DA001")
    assert (missed.period_start, missed.period_end) == (date(2025, 2, 1), date(2025, 2, 28))
    assert (missed.limit_kind, missed.limit_value, missed.value) == ("samples", Decimal(1), Decimal(0))
    assert "1次/月" in (missed.finding or "")

    await sampled(database, number, "2025-02-20T10:00", at="2025-03-18")
    await make(database, "2025-03-18")
    (missed,) = await violations(database, number)
    assert (missed.state, missed.resolution) == ("resolved", "corrected")


async def test_what_was_before_the_permit_was_entered_is_nobodys_omission(database: Database) -> None:
    row = {**ROW, "frequency": {"count": 1, "per": "quarter"}}
    number = await permit(database, monitoring=[row], valid_from="2024-01-01", issued_on="2023-12-20")
    await make(database, "2025-01-20")
    assert await violations(database, number) == []

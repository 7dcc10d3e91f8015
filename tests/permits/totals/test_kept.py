"""How figures are kept and followed: the round, its editions, each kind of fact, two at once; how sums are written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from services.kit import clock, rounds
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.permits.obligations.models import Obligation
from services.permits.permits.events import PERMIT_AMENDED, PERMIT_ISSUED
from services.permits.reports.events import (
    REPORT_ACCEPTED,
    REPORT_CORRECTED,
    REPORT_REPUDIATED,
    REPORT_RETURNED,
    REPORT_SUBMITTED,
)
from services.permits.reports.models import Report
from services.permits.totals import changes, control, figures, kept, views
from services.permits.totals.control import Control
from services.permits.totals.events import QUOTA_MOVED
from services.permits.totals.models import FiguresEdition, YearFigure
from services.permits.totals.schemas import QuotaSummary
from tests.permits.totals.city import NOW, YEARS, City
from tests.support.locks import beside, until_it_waits


class _BrokenOffError(Exception):
    """Ends a transaction before its commit, as a killed process does."""


@pytest.fixture
async def city(make_database: MakeDatabase) -> AsyncIterator[City]:
    """With two permits, one of them with a report and a quota; nothing is stored yet."""
    made = City(Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=5))
    with clock.at(NOW):
        first, _ = await made.issue("20"), await made.issue("4", "3011")
        await made.submit((await made.owed(first))[0], ("2.5", "none"))
        await made.quota("grant", "10", None)
        await made.quota("allocation", "10", first)
        yield made
    await made.database.close()


async def stored(city: City) -> list[tuple[Any, ...]]:
    """What is stored of the year of the report, by permit and pollutant, in every edition."""
    async with city.database.transaction() as session:
        statement = select(YearFigure).where(YearFigure.year == 2025)
        found = (await session.exec(statement.order_by(*sa.inspect(YearFigure).primary_key))).all()
    return [(each.permit_number, each.pollutant, each.permitted_t, each.actual_t) for each in found]


async def editions(city: City) -> list[FiguresEdition]:
    async with city.database.transaction() as session:
        return list(await session.exec(select(FiguresEdition).order_by(col(FiguresEdition.id))))


async def make_round(city: City) -> None:
    each = kept.keeping(city.control)
    assert await rounds.make(city.database, each)
    assert each.progress.failed == 0


class TestTheRound:
    async def test_it_stores_the_figures_of_each_permit_and_is_done(self, city: City) -> None:
        await city.number(500)
        await make_round(city)
        first, other = city.numbers
        assert sorted(await stored(city)) == [
            (first, "nitrogen_oxides", Decimal(20), Decimal("2.5")),
            (first, "vocs", Decimal(20), Decimal(0)),
            (other, "nitrogen_oxides", Decimal(4), None),
        ]
        (edition,) = await editions(city)
        async with city.database.transaction() as session:
            newest = await changes.newest_position(session)
        assert (edition.position, edition.built_at is not None) == (newest, True)
        async with city.database.transaction() as session:
            assert list(await kept.keeping(city.control).due(session)) == []

    async def test_a_fact_without_a_number_counts_at_once_and_is_not_passed_over(self, city: City) -> None:
        await city.number(500)
        await make_round(city)
        await city.submit((await city.owed(city.numbers[1]))[0], ("1", None))
        await city.agrees()
        before = await stored(city)
        await city.step()
        assert await stored(city) == before
        await city.number(500)
        await make_round(city)
        assert len(await stored(city)) == len(before) + 1
        await city.agrees()

    async def test_figures_of_another_file_of_control_are_another_edition(self, city: City) -> None:
        await city.number(500)
        await make_round(city)
        fewer = {name: each for name, each in city.control.pollutants.items() if name != "vocs"}
        changed = city.control.model_copy(update={"pollutants": fewer, "targets": ()})
        other = City(city.database, changed)
        await other.agrees()
        await make_round(other)
        await other.agrees()
        await city.agrees()
        assert len(await editions(city)) == 2

    async def test_an_edition_that_nobody_uses_is_forgotten_within_days(self, city: City) -> None:
        await make_round(city)
        changed = city.control.model_copy(update={"pollutants": {}, "targets": ()})
        with clock.at(NOW + timedelta(hours=23)):
            await make_round(City(city.database, changed))
            assert len(await editions(city)) == 2
        with clock.at(NOW + timedelta(hours=49)):
            await make_round(City(city.database, changed))
        (left,) = await editions(city)
        assert left.fingerprint == kept.fingerprint(changed)
        assert {number for number, *_ in await stored(city)} == set(city.numbers)

    async def test_a_step_that_fails_is_the_last_of_its_round(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fails(*_: Any, **__: Any) -> Any:
            raise _BrokenOffError

        monkeypatch.setattr(kept, "PERMITS_A_STEP", 1)
        monkeypatch.setattr(figures, "standings", fails)
        each = kept.keeping(city.control)
        await rounds.make(city.database, each)
        assert each.progress.failed == 1
        monkeypatch.undo()
        await make_round(city)
        await city.agrees()


async def _first_report(city: City) -> Report:
    return (await city.reports(city.numbers[0]))[0]


async def _submits(city: City) -> None:
    await city.submit((await city.owed(city.numbers[0]))[0], ("1", "1"))


async def _corrects(city: City) -> None:
    await city.correct(await _first_report(city), ("7", "none"))


async def _returns(city: City) -> None:
    await city.review(await _first_report(city), "return")


async def _repudiates(city: City) -> None:
    await city.repudiate((await city.reports(city.numbers[0]))[1])


async def _issues(city: City) -> None:
    await city.issue("20")


async def _amends(city: City) -> None:
    await city.amend(city.numbers[0], "9", "3011", renewed=True)


async def _withdraws(city: City) -> None:
    await city.quota("withdrawal", "1", city.numbers[0])


_KINDS: dict[str, Callable[[City], Awaitable[None]]] = {
    str(REPORT_SUBMITTED): _submits,
    str(REPORT_CORRECTED): _corrects,
    str(REPORT_RETURNED): _returns,
    str(REPORT_REPUDIATED): _repudiates,
    str(PERMIT_ISSUED): _issues,
    str(PERMIT_AMENDED): _amends,
    str(QUOTA_MOVED): _withdraws,
}


async def test_every_kind_of_fact_is_followed(city: City) -> None:
    """One after another, each from figures that are in line; first as a reader sees it, then as the round has it."""
    assert {str(each) for each in changes.CHANGES} - _KINDS.keys() == {str(REPORT_ACCEPTED)}  # changes no sum
    for kind, happens in _KINDS.items():
        await city.number(500)
        await make_round(city)
        before = [await city.sums(year, "enterprise") for year in YEARS]
        await happens(city)
        await city.agrees()
        await city.number(500)
        await city.agrees()
        await make_round(city)
        await city.agrees()
        assert [await city.sums(year, "enterprise") for year in YEARS] != before, kind


async def test_a_report_is_followed_into_the_forecast_of_the_next_year(city: City) -> None:
    await city.submit((await _owed_of(city, 2026))[0], ("3", "none"))
    await city.number(500)
    await make_round(city)
    before = await city.sums(2026, "enterprise")
    for each in await _owed_of(city, 2025):
        await city.submit(each, ("1", "none"))
    for _ in range(2):
        assert await city.sums(2026, "enterprise") != before
        await city.agrees()
        await city.number(500)
        await make_round(city)


async def _owed_of(city: City, year: int) -> list[Obligation]:
    owed = await city.owed(city.numbers[0])
    return [each for each in owed if each.kind == "monthly" and each.period_end.year == year]


async def test_two_that_bring_figures_in_line_wait_for_each_other(city: City) -> None:
    """One that began before a change and ends after it never puts its older figures over the newer ones."""
    await city.number(500)
    await make_round(city)
    await city.submit((await city.owed(city.numbers[1]))[0], ("1", "1"))
    await city.number(500)
    async with beside(city.database.url) as watching:
        async with city.database.transaction() as session:
            await kept.step(session, city.control)
            await city.correct((await city.reports(city.numbers[1]))[0], ("9", "1"))
            await city.number(500)
            later = asyncio.create_task(city.step())
            await until_it_waits(watching, later, table="figures_edition")
        await later
    await city.agrees()
    async with city.database.transaction() as session:
        assert list(await kept.keeping(city.control).due(session)) == []


async def test_a_summary_is_written_as_its_schema_would_write_it(city: City) -> None:
    for by in ("enterprise", "industry", "division"):
        found = await city.sums(2025, by)
        text = views.summary_json(2025, by, found)
        read = QuotaSummary.model_validate_json(text)
        assert read.model_dump_json().encode() == text
        assert [(each.group, len(each.sums)) for each in read.groups] == [
            (name, len(list(of))) for name, of in groupby(found, key=lambda each: each.group)
        ]
    assert views.summary_json(2025, "industry", []) == b'{"year":2025,"by":"industry","groups":[]}'


def test_the_fingerprint_is_that_of_pollutants_and_codes(city_control: Control) -> None:
    one = kept.fingerprint(city_control)
    assert kept.fingerprint(city_control.model_copy(update={"targets": ()})) == one
    (name, cod), *others = city_control.pollutants.items()
    with_code = {name: cod.model_copy(update={"codes": ("w01018", "w01019")}), **dict(others)}
    assert kept.fingerprint(city_control.model_copy(update={"pollutants": with_code})) != one


@pytest.fixture
def city_control() -> Control:
    return control.load()

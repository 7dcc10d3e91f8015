"""How long the trail is kept: whole old months go, oldest first, with a word in the trail, and nothing else ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from services.kit import audit, clock, rounds
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.ids import new_id
from services.kit.pytest_plugin import MakeDatabase
from services.kit.retention import RetentionError, following, forgetting, horizon, load, months
from services.kit.tables import AuditRow, ReadRow

SOMEBODY = Principal("somebody", "somebody", roles=(), scopes=frozenset())
KEPT = load()
DAYS = st.dates(date(2000, 1, 1), date(2200, 12, 31))
REFUSED = "append-only"


@given(DAYS, st.integers(3, 100))
def test_nothing_younger_than_its_years_is_over(today: date, years: int) -> None:
    first_kept = horizon(today, years)
    assert first_kept.day == 1
    assert first_kept.replace(year=first_kept.year + years) <= today
    assert (today - first_kept) >= timedelta(days=365 * years)


@given(DAYS, DAYS)
def test_the_months_are_whole_and_follow_each_other_up_to_the_first_day_that_is_kept(
    first: date, until: date
) -> None:
    until = until.replace(day=1)
    found = list(months(first, until))
    assert all(month.day == 1 and following(month) <= until for month in found)
    assert [following(month) for month in found[:-1]] == found[1:]
    assert (found == []) is (first >= until)


def _file(audit_years: int, read_years: int, basis: str = "x", more: str = "") -> str:
    logs = (("audit_log", audit_years), ("read_log", read_years))
    return "\n".join(f"[{name}]\nkeep_years = {years}\nbasis = '{basis}'" for name, years in logs) + more


@pytest.mark.parametrize(
    "text",
    [
        *("", "[audit_log]\nkeep_years = 30\nbasis = 'x'", _file(30, 5, basis="")),
        *(_file(9, 5), _file(30, 2), _file(101, 5), _file(30, 5, more="\n[event_log]\nkeep_years = 5")),
    ],
)
def test_a_file_that_keeps_too_little_or_says_not_why_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "retention.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RetentionError):
        load(path)


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=3)
    yield made
    await made.close()


async def acted(database: Database, *moments: datetime) -> None:
    async with database.transaction() as session:
        for moment in moments:
            with clock.at(moment):
                audit.record(session, SOMEBODY, action="test.done.v1", entity="thing", entity_id=new_id())


async def read(database: Database, *moments: datetime) -> None:
    async with database.transaction() as session:
        for moment in moments:
            session.add(
                ReadRow(
                    id=new_id(),
                    at=moment,
                    actor="somebody",
                    actor_roles=[],
                    purpose="audit",
                    route="GET /",
                    enterprises=[],
                    records=[],
                )
            )


async def left(database: Database, table: type[AuditRow | ReadRow]) -> list[datetime]:
    async with database.transaction() as session:
        wanted = select(col(table.at)).where(col(table.actor) == "somebody").order_by(col(table.at))
        return list((await session.exec(wanted)).all())


def ago(*, years: int, **more: int) -> datetime:
    moment = clock.now()
    return moment.replace(
        year=moment.year - years, day=15, hour=4, minute=0, second=0, microsecond=0
    ) + timedelta(**more)


async def forgotten(database: Database) -> dict[str, dict[str, Any]]:
    async with database.transaction() as session:
        rows = (await session.exec(select(AuditRow).where(col(AuditRow.entity) == "log"))).all()
    return {row.entity_id: {**(row.before or {}), **(row.after or {})} for row in rows}


async def test_whole_months_that_are_over_go_and_are_told_of_and_all_else_stays(database: Database) -> None:
    old = [ago(years=33), ago(years=33, days=1), ago(years=31, days=60)]
    young = [ago(years=30, days=40), ago(years=12), ago(years=1)]
    await acted(database, *old, *young)
    await read(database, ago(years=7), ago(years=4), ago(years=1))
    for each in forgetting("waste", KEPT):
        while list(await _due(database, each)):
            await rounds.make(database, each)
    assert each.progress.failed == 0
    assert await left(database, AuditRow) == sorted(young)
    assert await left(database, ReadRow) == [ago(years=4), ago(years=1)]
    told = await forgotten(database)
    month = ago(years=33).astimezone(clock.CITY_TIME).strftime("%Y-%m")
    assert told[f"audit_log/{month}"] == {
        "entries": 2,
        "keep_years": 30,
        "basis": KEPT.audit_log.basis,
    }
    assert len(told) == 3  # two months of the trail, one of the reads; empty ones are not told of


async def _due(database: Database, each: rounds.Round) -> list[Any]:
    async with database.transaction() as session:
        return list(await each.due(session))


async def test_a_month_of_the_city_ends_at_its_midnight(database: Database) -> None:
    keep = KEPT.read_log.keep_years
    first_kept = clock.start_of(horizon(clock.today(), keep))
    before, after = first_kept - timedelta(seconds=1), first_kept
    await read(database, before, after)
    for each in forgetting("waste", KEPT):
        await rounds.make(database, each)
    found = await left(database, ReadRow)
    assert before not in found
    assert after in found


class TestTheDatabaseItself:
    """Whatever a program asks for: it is the tables' owner who asks here."""

    async def refused(self, database: Database, *statements: str, message: str = REFUSED) -> None:
        with pytest.raises(sa.exc.DBAPIError, match=message):
            async with database.engine.begin() as connection:
                for statement in statements:
                    await connection.exec_driver_sql(statement)

    @staticmethod
    def declared(moment: datetime) -> str:
        return f"SELECT set_config('steppe.forget_before', '{moment.isoformat()}', true)"

    async def test_without_a_declared_moment_nothing_old_goes(self, database: Database) -> None:
        await acted(database, ago(years=50))
        await self.refused(database, "DELETE FROM audit_log")

    async def test_nothing_young_goes_whatever_is_declared(self, database: Database) -> None:
        await acted(database, ago(years=9))
        await read(database, ago(years=2))
        for moment in (clock.now(), datetime(9999, 1, 1, tzinfo=UTC)):
            await self.refused(database, self.declared(moment), "DELETE FROM audit_log")
            await self.refused(database, self.declared(moment), "DELETE FROM read_log")

    async def test_no_single_entry_goes_though_it_is_old(self, database: Database) -> None:
        await acted(database, ago(years=40), ago(years=41))
        one = "DELETE FROM audit_log WHERE id = (SELECT id FROM audit_log ORDER BY at DESC LIMIT 1 OFFSET {})"
        until = self.declared(ago(years=11))
        async with database.transaction() as session:
            number = (await session.exec(select(sa.func.count()).select_from(AuditRow))).one()
        await self.refused(database, until, one.format(number - 1), message="of a part refused")

    async def test_nothing_is_changed_though_it_is_old(self, database: Database) -> None:
        await acted(database, ago(years=40))
        await self.refused(
            database, self.declared(ago(years=11)), "UPDATE audit_log SET actor = 'nobody'", message="UPDATE"
        )

    async def test_the_declaration_ends_with_its_transaction(self, database: Database) -> None:
        await acted(database, ago(years=40))
        async with database.engine.connect() as connection:
            async with connection.begin():
                await connection.exec_driver_sql(self.declared(ago(years=11)))
            with pytest.raises(sa.exc.DBAPIError, match=REFUSED):
                await connection.exec_driver_sql("DELETE FROM audit_log")


def test_a_city_s_own_file_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "retention.toml"
    path.write_text(_file(10, 3), encoding="utf-8")
    kept = load(path)
    assert (kept.audit_log.keep_years, kept.read_log.keep_years) == (10, 3)


def test_the_shipped_file_says_what_it_rests_on() -> None:
    for keep in (KEPT.audit_log, KEPT.read_log):
        assert keep.basis
        assert keep.note

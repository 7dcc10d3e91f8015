"""The sample's two years in the credit ledger."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from infra.sample.city import make_accounts, make_city
from infra.sample.credit_history import CreditHistory
from infra.sample.credit_records import make_records
from services.credit.grading.models import Evaluation
from services.credit.log.fsck_cli import check
from services.credit.log.models import LogEntry
from services.credit.records.models import Record
from services.credit.statements.models import Statement
from services.credit.statements.verify import check_statement
from services.kit import clock
from services.kit.database import Database
from services.kit.ids import new_id
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from tests.support.credit_ledger import new_signer

SIGNER, KEYS = new_signer(), KeyRing.from_private_jwks(KeyRing.generate())


@pytest.fixture(scope="module")
async def lived(make_database: MakeDatabase) -> AsyncIterator[Database]:
    city = make_city(clock.today())
    accounts = {account.login: new_id() for account in make_accounts(city)}
    database = Database(await asyncio.to_thread(make_database, "services.credit"), pool_size=1)
    office = ReceiptOffice(keys=KEYS, issuer="http://sample.example")
    async with database.transaction() as session:
        await CreditHistory(session, city, accounts=accounts, office=office, signer=SIGNER).live()
    yield database
    await database.close()


async def test_sixty_records_of_every_kind_lie_two_years_back(lived: Database) -> None:
    async with lived.transaction() as session:
        records = (await session.exec(select(Record))).all()
    assert len(records) == 60
    assert Counter(record.state for record in records) == {"approved": 56, "pending": 2, "draft": 2}
    assert {record.kind for record in records} == {"compliance", "violation", "commendation", "incident"}
    first = min(record.decision_date for record in records)
    assert timedelta(days=600) < clock.today() - first < timedelta(days=731)


async def test_the_ledger_is_whole_and_its_times_never_run_backwards(lived: Database) -> None:
    async with lived.transaction() as session:
        assert (await check(session, verifiers=[SIGNER.verifier])).differences == []
        times = (await session.exec(select(LogEntry.recorded_at).order_by(LogEntry.index))).all()
    assert times == sorted(times)
    assert times[-1] < datetime.now(UTC)


async def test_several_grades_occur_and_the_one_statement_holds(lived: Database) -> None:
    async with lived.transaction() as session:
        grades = Counter((await session.exec(select(Evaluation.grade))).all())
        statement = (await session.exec(select(Statement))).one()
    assert {"green", "blue", "yellow"} <= grades.keys()
    claims = check_statement(
        statement.document, public_jwks=KEYS.public_jwks(), verifiers=[SIGNER.verifier], at=clock.now()
    )
    assert claims.subject == statement.uscc


def test_the_same_day_and_seed_give_the_same_records() -> None:
    day = date(2026, 11, 23)
    assert make_records(make_city(day), seed=1) == make_records(make_city(day), seed=1)
    assert make_records(make_city(day), seed=1) != make_records(make_city(day), seed=2)


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2027, 1, 1)])
def test_nothing_is_decided_before_it_happened_or_after_the_present(day: date) -> None:
    for record in make_records(make_city(day), seed=152501):
        assert record.act_date <= record.decision_date < day

"""What the sample city keeps beside its reports, lived up to awkward days."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from infra.sample.city import make_accounts, make_city
from infra.sample.history import History
from infra.sample.people import staff
from infra.sample.permit_books import PermitBooks
from services.kit import clock
from services.kit.database import Database
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from services.permits.greenhouse.models import GreenhouseReport
from services.permits.ledger import keeping
from services.permits.notices.models import Notice
from services.permits.performance.models import MeasurePlan, PerformanceDeclaration
from services.permits.totals import control
from services.permits.totals import service as totals
from tests.infra.sample.conftest import DAYS


@pytest.mark.parametrize("as_of", DAYS, ids=str)
async def test_every_book_has_something_to_show(make_database: MakeDatabase, as_of: date) -> None:
    city = make_city(as_of)
    accounts = {account.login: new_id() for account in make_accounts(city)}
    database = Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=1)
    office = ReceiptOffice(keys=KeyRing.from_private_jwks(KeyRing.generate()), issuer="http://sample.example")
    morning = datetime.combine(as_of, time(1), UTC)
    try:
        with clock.at(morning):
            async with database.transaction() as session:
                await History(session, city, accounts=accounts, office=office).live()
                await PermitBooks(session, city, accounts=accounts, office=office).live()
            reviewer = staff(accounts, "reviewer01")
            async with database.transaction() as session:
                [report] = (await session.exec(select(GreenhouseReport))).all()
                assert (report.state, report.conclusion) == ("fed_back", "conforms")
                assert report.total_t > Decimal(10_000)
                states = (await session.exec(select(PerformanceDeclaration.state))).all()
                assert sorted(states) == ["effective", "noticed"]
                assert set((await session.exec(select(MeasurePlan.state))).all()) == {"confirmed"}
                notices = (await session.exec(select(Notice))).all()
                assert [each.kind for each in notices if each.closes_on >= as_of] == ["performance"]
                balances = await totals.balances(session, year=as_of.year, control=control.load())
                assert balances.model_dump()
                since = as_of - timedelta(days=60)
                page = await keeping.listing(
                    session, reviewer.rows, query=PageQuery(), since=since, until=None
                )
            assert len(page.items) == 2
            assert all(each.missing >= 1 or each.periods < 6 for each in page.items)
    finally:
        await database.close()

"""The sample city's waste: it loads whole on any day, and its books agree."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from infra.sample.city import make_accounts, make_city
from infra.sample.waste_history import WasteHistory
from infra.sample.waste_manifests import make_bags, make_manifests
from infra.sample.waste_units import waste_accounts
from services.kit import clock
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from services.waste.budgets.models import Budget
from services.waste.clocks import repository as clocks
from services.waste.clocks.models import Deadline
from services.waste.manifests.models import Discrepancy, Manifest, ManifestLine
from services.waste.medical.models import MedicalBag

DAYS = [date(2026, 11, 24), date(2026, 1, 3), date(2026, 6, 30)]


@pytest.mark.parametrize("as_of", DAYS)
async def test_the_whole_history_passes_the_rules_of_its_days(
    make_database: MakeDatabase, as_of: date
) -> None:
    database = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=1)
    city = make_city(as_of)
    accounts: Mapping[str, uuid.UUID] = {
        account.login: uuid.uuid4() for account in (*make_accounts(city), *waste_accounts(city))
    }
    office = ReceiptOffice(keys=KeyRing.from_private_jwks(KeyRing.generate()), issuer="http://test")
    try:
        async with database.transaction() as session:
            await WasteHistory(session, city, accounts=accounts, office=office).live()
        await look(database, as_of)
    finally:
        await database.close()


async def look(database: Database, as_of: date) -> None:
    now = datetime.combine(as_of, time(), clock.CITY_TIME)
    async with database.transaction() as session:
        states = Counter((await session.exec(select(Manifest.state))).all())
        assert sum(states.values()) == len(make_manifests(as_of))
        assert states["accepted"] > 30
        assert (states["submitted"], states["in_transit"], states["arrived"]) == (1, 1, 2)
        assert len((await session.exec(select(Discrepancy.id))).all()) >= 1
        overdue = select(Deadline.kind).where(clocks.overdue(now))
        assert Counter((await session.exec(overdue)).all()) == {
            "manifest_confirmation": 1,
            "medical_storage": 2,
        }
        bags = Counter((await session.exec(select(MedicalBag.state))).all())
        assert sum(bags.values()) == 30
        assert bags["delivered"] > 15
        reserved = (await session.exec(select(sa.func.sum(Budget.reserved_kg)))).one()
        open_mass = select(sa.func.sum(ManifestLine.mass_kg)).join(
            Manifest, col(Manifest.id) == ManifestLine.manifest_id
        )
        open_states = ("submitted", "ready", "in_transit", "arrived")
        declared = (await session.exec(open_mass.where(col(Manifest.state).in_(open_states)))).one()
        assert reserved == 2 * declared  # once of the licence, once of the plan


def test_the_same_day_makes_the_same_history() -> None:
    for as_of in DAYS:
        assert make_manifests(as_of) == make_manifests(as_of)
        assert make_bags(as_of) == make_bags(as_of)
        assert 50 <= len(make_manifests(as_of)) <= 90

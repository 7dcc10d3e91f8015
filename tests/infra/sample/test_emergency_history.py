"""The sample's two years of emergency stock."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from infra.sample.city import make_accounts, make_city
from infra.sample.emergency_history import EmergencyHistory
from services.emergency.depots.models import Depot
from services.emergency.dispatch.models import Handover, Reservation
from services.emergency.incidents.models import Incident
from services.emergency.items.models import Item
from services.emergency.stock import queries
from services.emergency.stock.models import Balance, Location, Lot, Movement
from services.kit import clock
from services.kit.database import Database
from services.kit.ids import new_id
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing

KEYS = KeyRing.from_private_jwks(KeyRing.generate())


async def live(database: Database, as_of: date) -> None:
    city = make_city(as_of)
    accounts = {account.login: new_id() for account in make_accounts(city)}
    office = ReceiptOffice(keys=KEYS, issuer="http://sample.example")
    async with database.transaction() as session:
        await EmergencyHistory(session, city, accounts=accounts, office=office).live()


@pytest.fixture(scope="module")
async def lived(make_database: MakeDatabase) -> AsyncIterator[Database]:
    database = Database(await asyncio.to_thread(make_database, "services.emergency"), pool_size=1)
    await live(database, clock.today())
    yield database
    await database.close()


async def test_three_depots_hold_forty_items_sparsely(lived: Database) -> None:
    async with lived.transaction() as session:
        depots = {depot.id: depot for depot in await session.exec(select(Depot))}
        items = (await session.exec(select(Item))).all()
        balances = (await session.exec(select(Balance).where(Balance.on_hand > 0))).all()
        lots = {lot.id: lot for lot in await session.exec(select(Lot))}
    assert {depot.kind for depot in depots.values()} == {"government", "entrusted", "agreement"}
    assert (len(items), len({item.category for item in items})) == (40, 7)
    held = {lots[each.lot_id].item_id for each in balances if each.location_id in depots}
    assert 30 <= len(held) < len(items)
    stale = [lot for lot in lots.values() if lot.expires_on and lot.expires_on < clock.today()]
    assert len(stale) >= 5


async def test_five_incidents_lie_in_two_years_and_one_goes_on(lived: Database) -> None:
    async with lived.transaction() as session:
        incidents = (await session.exec(select(Incident).order_by(col(Incident.number)))).all()
        reservations = (await session.exec(select(Reservation))).all()
        handovers = (await session.exec(select(Handover))).all()
    assert Counter(incident.state for incident in incidents) == {"closed": 4, "open": 1}
    assert sum(incident.responsible_uscc is not None for incident in incidents) == 2
    assert {incident.grade for incident in incidents} == {"IV"}
    assert Counter(each.state for each in reservations)["active"] == 1
    assert {each.kind for each in handovers} == {"arrival", "use", "return"}


async def test_the_books_are_right_and_times_never_run_backwards(lived: Database) -> None:
    async with lived.transaction() as session:
        assert await queries.differences(session) == []
        times = (await session.exec(select(Movement.recorded_at).order_by(col(Movement.sequence)))).all()
        lost = select(Balance.on_hand).join(Location).where(Location.kind == "lost")
        assert [int(each) for each in await session.exec(lost)] == [1]
    assert list(times) == sorted(times)
    assert times[-1] < datetime.now(UTC)


@pytest.mark.parametrize("as_of", [date(2026, 2, 28), date(2027, 1, 1), date(2028, 2, 29)], ids=str)
async def test_the_history_can_be_lived_up_to_any_day(make_database: MakeDatabase, as_of: date) -> None:
    database = Database(await asyncio.to_thread(make_database, "services.emergency"), pool_size=1)
    await live(database, as_of)
    async with database.transaction() as session:
        assert await queries.differences(session) == []
    await database.close()

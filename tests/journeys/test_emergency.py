"""The demonstrated journey of emergency, walked twice on the sample's own stock."""

from __future__ import annotations

import asyncio

from infra.journeys import emergency
from infra.sample.city import make_accounts, make_city
from infra.sample.emergency_history import EmergencyHistory
from services.kit import clock
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from tests.support.town import PASSWORD, Town


async def test_the_journey_runs_again_and_again_on_the_same_data(town: Town) -> None:
    await town.holder()
    city = make_city(clock.today())
    accounts = {account.login: new_id() for account in make_accounts(city)}
    for login, role in (("store01", "storekeeper"), ("duty01", "duty_officer")):
        accounts[login] = await town.account(login, roles=[role], usccs=[])
    kit = town.stack.apps["emergency"].state.kit
    office = ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)
    async with kit.database.transaction() as session:
        await EmergencyHistory(session, city, accounts=accounts, office=office).live()
    said: list[str] = []
    for _ in range(2):
        await asyncio.to_thread(emergency.run, town.stack.gateway, PASSWORD, said.append)
    assert sum("held by" in line for line in said) == 2

"""The demonstrated journey of emergency, walked twice on the sample's own stock."""

from __future__ import annotations

import asyncio

import pytest

from infra.journeys import emergency
from infra.sample.city import make_accounts, make_city
from infra.sample.emergency_history import EmergencyHistory
from services.kit import clock
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from tests.support.town import PASSWORD, Town


async def test_the_journey_runs_again_and_again_on_the_same_data(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = await town.holder()
    city = make_city(clock.today())
    accounts = {account.login: new_id() for account in make_accounts(city)}
    for name, role in (("STOREKEEPER", "storekeeper"), ("DUTY_OFFICER", "duty_officer")):
        login = f"{role}.{holder.uscc}".lower()  # the people of this test, not of another
        accounts[getattr(emergency, name)] = await town.account(login, roles=[role], usccs=[])
        monkeypatch.setattr(emergency, name, login)
    kit = town.stack.apps["emergency"].state.kit
    office = ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)
    async with kit.database.transaction() as session:
        await EmergencyHistory(session, city, accounts=accounts, office=office).live()
    said: list[str] = []
    for _ in range(2):
        await asyncio.to_thread(emergency.run, town.stack.gateway, PASSWORD, said.append)
    assert sum("held by" in line for line in said) == 2

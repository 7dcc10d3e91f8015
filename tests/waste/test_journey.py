"""The journey that `steppe demo` walks, twice, through the gateway, on the sample's own data."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.sealing import Seal
from infra.journeys import waste as journey
from infra.sample.accounts import Authenticator, load_accounts
from infra.sample.city import make_accounts, make_city
from infra.sample.waste_history import WasteHistory
from infra.sample.waste_units import HOSPITAL_LOGINS, waste_accounts
from services.kit import clock
from services.kit.database import Database
from services.kit.receipt_keys import ReceiptOffice
from tests.support.stack import SECRET, TestStack
from tests.support.town import OTP_SECRET, PASSWORD


@pytest.fixture
async def sample(stack: TestStack) -> None:
    """The sample city's waste and the accounts that the journey signs in with."""
    city = make_city(clock.today())
    wanted = {account.login: account for account in (*make_accounts(city), *waste_accounts(city))}
    for login in HOSPITAL_LOGINS:
        roles = dict.fromkeys((*wanted[login].roles, "hospital"))
        wanted[login] = replace(wanted[login], roles=tuple(roles))
    gateway = Database(stack.databases["gateway"], pool_size=1)
    accounts = await load_accounts(
        gateway,
        list(wanted.values()),
        password=PASSWORD,
        authenticator=Authenticator(OTP_SECRET, Seal(SECRET)),
    )
    await gateway.close()
    kit = stack.apps["waste"].state.kit
    async with kit.database.transaction() as session:
        office = ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)
        await WasteHistory(session, city, accounts=accounts, office=office).live()


async def test_the_journey_can_be_walked_again_and_again(stack: TestStack, sample: None) -> None:
    said: list[str] = []
    for _ in range(2):
        await asyncio.to_thread(journey.run, stack.gateway, PASSWORD, said.append)
    assert sum("medical" in line for line in said) >= 2

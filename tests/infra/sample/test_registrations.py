"""The registrations of the sample city: real forms, with a change, renewals, one expired and one cancelled."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlmodel import select

from infra.sample.city import make_accounts
from infra.sample.history import History
from infra.sample.registrations import file_registrations, form_of, make_registrations
from infra.sample.types import SampleCity
from services.kit.database import Database
from services.kit.ids import new_id
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from services.permits.registrations import checks
from services.permits.registrations.models import Registration, RegistrationVersion
from services.permits.registrations.rules import standing_on
from services.permits.registrations.schemas import RegistrationContent
from services.permits.registrations.views import filed

KEYS = KeyRing.from_private_jwks(KeyRing.generate())


def test_the_class_finder_leaves_every_site_to_a_registration_and_nothing_to_a_reviewer(
    city: SampleCity,
) -> None:
    sites = make_registrations(city)
    assert len(sites) == 13
    assert len({(each.enterprise.uscc, each.site_name) for each in sites}) == len(sites)
    for site in sites:
        form = RegistrationContent.model_validate(form_of(site, step=1))
        assert checks.findings_of(form).errors == []
        assert not checks.waits_for_review(checks.classified(form)), site.industry_code


async def test_they_are_filed_changed_renewed_and_ended_at_their_days(
    city: SampleCity, make_database: MakeDatabase
) -> None:
    database = Database(await asyncio.to_thread(make_database, "services.permits"))
    accounts = {account.login: new_id() for account in make_accounts(city)}
    office = ReceiptOffice(keys=KEYS, issuer="http://sample.example")
    async with database.transaction() as session:
        await History(session, city, accounts=accounts, office=office).register_enterprises()
        await file_registrations(session, city, accounts=accounts, office=office)
    async with database.transaction() as session:
        registrations = {each.id: each for each in await session.exec(select(Registration))}
        versions = list(await session.exec(select(RegistrationVersion)))
    await database.close()
    assert Counter(each.step for each in versions) == {
        "first": 13,
        "change": 2,
        "renewal": 2,
        "cancellation": 1,
    }
    standings = Counter(
        standing_on(filed(each), city.as_of)
        for each in versions
        if each.version == registrations[each.registration_id].version
    )
    assert standings == {"in_force": 11, "expired": 1, "cancelled": 1}
    assert sorted(each.days_late for each in versions if each.step == "change") == [0, 40]
    assert sorted(each.days_late > 0 for each in versions if each.step == "renewal") == [False, True]

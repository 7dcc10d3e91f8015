"""Registrations (排污登记) of the city's small sites: changed in time and late, renewed in time and late, expired,
cancelled; most simply in force."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from infra.sample.people import representative
from infra.sample.times import at_hour
from infra.sample.types import SampleCity, SampleEnterprise
from services.kit import clock
from services.kit.anniversaries import anniversary
from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice
from services.permits.catalogue.service import in_force
from services.permits.registrations import submission
from services.permits.registrations.schemas import (
    RegistrationCancel,
    RegistrationChange,
    RegistrationCreate,
    RegistrationRead,
    RegistrationRenewal,
)

_SMALL = ("5265", "8415", "4620")
"""Filling stations outside the built-up area, small hospitals, small sewage works: rows 100, 107 and 99."""

_SECOND_SITE = "北郊职工医务室"
_ENDING_SITE = "厂外职工医务室"
_YEARS = 5


@dataclass(frozen=True, slots=True)
class Filing:
    """One step: on which day, and what is filed; `changed_on` of a change or cancellation."""

    step: str
    on: date
    changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class SampleRegistration:
    """One site with what was filed for it, oldest first."""

    enterprise: SampleEnterprise
    site_name: str
    industry_code: str
    filings: tuple[Filing, ...]


def make_registrations(city: SampleCity) -> tuple[SampleRegistration, ...]:
    """The same city makes the same registrations. The first two are second sites of the first two permit holders: one
    changed, one that may be renewed in these days."""
    by_uscc = {each.uscc: each for each in city.enterprises}
    first, second = (by_uscc[each.enterprise_uscc] for each in city.permits[:2])
    small = [
        each
        for code in _SMALL
        for each in city.enterprises
        if each.management_class == "registration" and each.industry_code == code
    ]
    lives = list(_lives(city.as_of))
    ordinary = lives[0]
    return (
        SampleRegistration(first, _SECOND_SITE, "8415", lives[1]),
        SampleRegistration(second, _ENDING_SITE, "8415", _ending(city.as_of)),
        *(
            SampleRegistration(
                each,
                _site_of(each),
                each.industry_code,
                lives[2 + index] if 2 + index < len(lives) else ordinary,
            )
            for index, each in enumerate(small)
        ),
    )


def _ending(as_of: date) -> tuple[Filing, ...]:
    """In the last days of its five years, in which it is renewed."""
    return (Filing("first", anniversary(as_of, -_YEARS) + timedelta(days=10)),)


def _lives(as_of: date) -> Iterator[tuple[Filing, ...]]:
    def ago(days: int) -> date:
        return as_of - timedelta(days=days)

    def five_years_and(days: int) -> date:
        """So many days before the day five years ago; negative: after it."""
        return anniversary(as_of, -_YEARS) - timedelta(days=days)

    yield (Filing("first", ago(600)),)
    yield Filing("first", ago(640)), Filing("change", ago(210), changed_on=ago(222))
    yield Filing("first", ago(590)), Filing("change", ago(180), changed_on=ago(240))
    yield (Filing("first", five_years_and(45)),)
    yield Filing("first", five_years_and(60)), Filing("renewal", ago(40))
    yield Filing("first", five_years_and(-4)), Filing("renewal", ago(9))
    yield Filing("first", ago(500)), Filing("cancellation", ago(100), changed_on=ago(108))


def _site_of(enterprise: SampleEnterprise) -> str:
    return {"5265": "加油站", "8415": "门诊部", "4620": "污水处理站"}[enterprise.industry_code]


_FACTS: dict[str, dict[str, Any]] = {
    "5265": {
        "statements": [
            {"name": "filling_station", "holds": True},
            {"name": "in_built_up_area", "holds": False},
        ]
    },
    "8415": {"quantities": [{"name": "beds", "value": "40", "unit": "beds"}]},
    "4620": {
        "quantities": [{"name": "sewage_capacity", "value": "200", "unit": "t/d"}],
        "statements": [{"name": "industrial_wastewater", "holds": False}],
    },
}
_DISCHARGES: dict[str, tuple[str, str, str, str, str]] = {
    "5265": ("air", "卸油、加油油气", "大气环境", "GB 20952-2020", "二次油气回收"),
    "8415": ("water", "医疗污水", "城市污水处理厂", "GB 18466-2005", "消毒池"),
    "4620": ("water", "处理后污水", "北郊人工湿地", "GB 18918-2002", "一体化生化处理"),
}


def form_of(site: SampleRegistration, *, step: int) -> dict[str, Any]:
    """The form as it is filed for the nth time; a later one names another measure."""
    enterprise = site.enterprise
    medium, name, destination, standard, measure = _DISCHARGES[site.industry_code]
    facts = [each for each in in_force(None).facts.values() if each.of == "site"]
    return {
        "site_name": site.site_name,
        "region_code": enterprise.region_code,
        "address": enterprise.address,
        "longitude": enterprise.longitude,
        "latitude": enterprise.latitude,
        "activities": [{"industry_code": site.industry_code, **_FACTS[site.industry_code]}],
        # what is not there is stated as well: the class finder then leaves nothing to a reviewer
        "site": {
            "quantities": [
                {"name": each.name, "value": "0", "unit": next(iter(each.units))}
                for each in facts
                if each.units
            ],
            "statements": [{"name": each.name, "holds": False} for each in facts if not each.units],
        },
        "discharges": [
            {
                "medium": medium,
                "name": name,
                "destination": destination,
                "standard": standard,
                "measure": measure if step == 1 else f"{measure}（已更新）",
            }
        ],
        "contact_name": enterprise.legal_representative,
        "contact_phone": "0479-0000000",
    }


async def file_registrations(
    session: AsyncSession, city: SampleCity, *, accounts: Mapping[str, uuid.UUID], office: ReceiptOffice
) -> None:
    """Files every registration at its days, through the use cases of the enterprise."""
    for site in make_registrations(city):
        enterprise = site.enterprise
        # The small ones have no account in the sample: their forms came in by the counter.
        account = accounts.get(enterprise.login, accounts["clerk01"])
        principal = representative(account, enterprise.login, enterprise.uscc)
        known: RegistrationRead | None = None
        for filing in site.filings:
            with clock.at(at_hour(filing.on, 10)):
                known = await _file(session, principal, site, filing, known, office=office)


async def _file(
    session: AsyncSession,
    principal: Principal,
    site: SampleRegistration,
    filing: Filing,
    known: RegistrationRead | None,
    *,
    office: ReceiptOffice,
) -> RegistrationRead:
    if known is None:
        content = {**form_of(site, step=1), "uscc": site.enterprise.uscc}
        first = RegistrationCreate.model_validate(content)
        return await submission.register(session, principal, first, office=office)
    number = known.receipt_number
    form = {**form_of(site, step=known.version + 1), "version": known.version}
    if filing.step == "renewal":
        renewal = RegistrationRenewal.model_validate(form)
        return await submission.renew(session, principal, renewal, number=number, office=office)
    if filing.step == "change":
        change = RegistrationChange.model_validate({**form, "changed_on": filing.changed_on})
        return await submission.change(session, principal, change, number=number, office=office)
    cancel = RegistrationCancel.model_validate(
        {"version": known.version, "changed_on": filing.changed_on, "reason": "已停业"}
    )
    return await submission.cancel(session, principal, cancel, number=number, office=office)

"""The sample city, shaped on the city's plan: 110 enterprises, 35 permits, 4 with automatic monitoring.

Everything is invented. The same `as_of` and `seed` make an equal city in any process.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from infra.sample.enterprises import make_holders
from infra.sample.names import STAFF
from infra.sample.permits import Plant, make_plant
from infra.sample.reports import make_reports
from infra.sample.types import SampleAccount, SampleCity, SampleEnterprise, SampleReport

# A dozen enterprises have work left to do: the first eight key ones, and every fifth simplified one.
OPEN_KEY = 8
OPEN_SIMPLIFIED = 4
NOT_YET_REVIEWED = 5


def make_city(as_of: date, *, seed: int = 152501) -> SampleCity:
    """The city at the start of the day `as_of` (city time), with two years of reports behind it."""
    holders = list(make_holders(seed))
    permitted = [holder for holder in holders if holder.enterprise.management_class != "registration"]
    plants = [make_plant(holder, as_of, seed=seed, index=index) for index, holder in enumerate(permitted)]
    behind = _behind(plants)
    reports = [
        report
        for plant in plants
        for report in make_reports(plant, as_of, seed=seed, leave_open=plant.permit.permit_number in behind)
    ]
    return SampleCity(
        as_of=as_of,
        enterprises=tuple(holder.enterprise for holder in holders),
        permits=tuple(plant.permit for plant in plants),
        reports=_under_review(reports),
    )


def make_accounts(city: SampleCity) -> tuple[SampleAccount, ...]:
    """One account for each permit holder, in the order of the permits, then the bureau's staff."""
    by_uscc = {enterprise.uscc: enterprise for enterprise in city.enterprises}
    holders = [by_uscc[permit.enterprise_uscc] for permit in city.permits]
    return (
        *(SampleAccount(holder.login, holder.name, _roles(holder), (holder.uscc,)) for holder in holders),
        *(SampleAccount(login, name, (role,), ()) for login, name, role in STAFF),
    )


def _roles(holder: SampleEnterprise) -> tuple[str, ...]:
    """What a permit holder signs in as; a hospital also hands over medical waste."""
    return ("enterprise", "hospital") if holder.login.startswith("hospital") else ("enterprise",)


def _behind(plants: list[Plant]) -> set[str]:
    """The permits whose holders have left their last report open."""
    key = [plant.permit for plant in plants if plant.permit.management_class == "key"]
    simplified = [plant.permit for plant in plants if plant.permit.management_class == "simplified"]
    chosen = (*key[:OPEN_KEY], *simplified[::5][:OPEN_SIMPLIFIED])
    return {permit.permit_number for permit in chosen}


def _under_review(reports: list[SampleReport]) -> tuple[SampleReport, ...]:
    """The reports by time of submission; the last few wait for their review."""
    ordered = sorted(reports, key=lambda report: (report.submitted_at, report.permit_number))
    reviewed, waiting = ordered[:-NOT_YET_REVIEWED], ordered[-NOT_YET_REVIEWED:]
    return (
        *reviewed,
        *(replace(report, outcome="submitted", review_comment=None) for report in waiting),
    )

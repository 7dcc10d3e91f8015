"""What a report is judged by: the limits of its permit and the figures of earlier reports."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.alerts import service as alerts
from services.permits.attachments import repository as attachments
from services.permits.attachments.models import Attachment
from services.permits.enterprises import repository as enterprises
from services.permits.fuels import service as fuels
from services.permits.ledger import keeping
from services.permits.ledger import service as ledger
from services.permits.ledger.rules_frequency import Kept
from services.permits.ledger.schemas import LedgerTotal
from services.permits.monitoring import repository as records
from services.permits.monitoring import service as monitoring
from services.permits.monitoring.repository import Highest
from services.permits.monitoring.rules import OfMonth
from services.permits.obligations.models import Obligation
from services.permits.permits.rules import LimitFact
from services.permits.permits.rules_special import ATTAINMENT_PLAN, HEAVY_POLLUTION
from services.permits.reports import months, repository
from services.permits.reports.months import Months
from services.permits.reports.permitted import Permitted, permitted, permitted_by
from services.permits.reports.rules_changing import Changing, Measured
from services.permits.reports.rules_fuel import held_in_fuel
from services.permits.reports.rules_ledger import Recorded
from services.permits.reports.rules_limits import Limits
from services.permits.reports.rules_plausibility import Earlier, Monitored
from services.permits.reports.rules_reductions import is_any_reduced
from services.permits.reports.rules_special import (
    Levels,
    SpecialLine,
    owed_days,
    recorded_as,
    with_records,
)
from services.permits.reports.rules_tax import declared_with, months_of
from services.permits.reports.rules_units import EXACT
from services.permits.reports.schemas import ReportContent
from services.permits.taxes import service as taxes
from services.permits.taxes.repository import Told
from services.permits.taxes.rules import Declared


@dataclass(frozen=True, slots=True)
class Period:
    """What is reported on: the permit and the days, both included."""

    permit_number: str
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def whole_year(self) -> bool:
        """Whether amounts of it can be held against a year's."""
        return self.days >= 365


@dataclass(frozen=True, slots=True)
class Evidence:
    """The limits that hold, what was reported for the period before and for the same one of last year, and what the
    enterprise's own monitoring shows: over the period, and of the days on which special limits bind."""

    permitted: Permitted
    before: Earlier = field(default_factory=dict)
    last_year: Earlier = field(default_factory=dict)
    monitored: Monitored = field(default_factory=dict)
    levels: Levels = field(default_factory=dict)
    special_days: Sequence[SpecialLine] = ()
    measured: Sequence[Measured] = ()
    """Of each day, where limits of an ordinary day changed within the period."""
    ledger: Recorded | None = None
    """Of the period; None where nothing is compared with it."""
    kept: Sequence[Kept] = ()
    """How the ledger of the period was kept, by requirement."""
    taxed: Mapping[str, Declared] = field(default_factory=dict)
    """What was declared for the environmental tax of the period, or of the quarter of a month, by pollutant."""
    months: Months | None = None
    """The other months of that quarter."""
    by_month: Sequence[OfMonth] = ()
    """What the records of each month add up to, where that tax was reduced."""
    in_fuel: Decimal | None = None
    """Tonnes of SO2 that all the sulphur of the period's fuel gives; None where the facts do not tell it."""
    is_any_touched: bool = True
    """Whether there are violations that the report may change."""
    annexes: Mapping[uuid.UUID, Attachment] = field(default_factory=dict)
    """Those of the files that it names that are the enterprise's, of this site or of none."""

    @property
    def limits(self) -> Limits:
        """Those of an ordinary day, by outlet."""
        return self.permitted.outlets


def period_of(obligation: Obligation) -> Period:
    return Period(obligation.permit_number, obligation.period_start, obligation.period_end)


async def evidence_of(session: AsyncSession, obligation: Obligation, content: ReportContent) -> Evidence:
    """Everything that the checks of one report look at; the ledger only where there is something to compare."""
    year_before = _year_before(obligation.period_start)
    judging = await repository.judging(session, obligation, last_year=year_before)
    limited = await permitted_by(session, obligation, judging.version)
    levels = await _levels(session, obligation, limited)
    records = await _records(session, obligation, limited, levels)
    newest = max(judging.earlier, default=year_before)
    taxed, of_quarter = await _taxed(session, obligation, judging.told)
    return Evidence(
        limited,
        taxed=taxed,
        months=of_quarter,
        by_month=await records_by_month(session, obligation, taxed),
        levels=levels,
        special_days=_special_days(records, limited.special),
        measured=_measured(records, limited.changing),
        ledger=await _ledger(session, obligation)
        if content.facilities or content.materials or limited.serves
        else None,
        kept=await _kept_of(session, obligation, limited),
        monitored=_highest(judging.shown),
        in_fuel=await _in_fuel(session, obligation) if judging.is_fuelled else None,
        is_any_touched=judging.is_any_touched,
        annexes=await annexes_of(session, obligation, content),
        before=judging.earlier.get(newest, {}),
        last_year=judging.earlier.get(year_before, {}),
    )


async def annexes_of(
    session: AsyncSession, obligation: Obligation, content: ReportContent
) -> Mapping[uuid.UUID, Attachment]:
    """The files that a report names, by identity; nobody forgets them meanwhile."""
    if not content.annexes:
        return {}
    named = {each.attachment_id for each in content.annexes}
    return await attachments.of_site(session, obligation.uscc, obligation.permit_number, named)


async def _in_fuel(session: AsyncSession, obligation: Obligation) -> Decimal | None:
    start, end = obligation.period_start, obligation.period_end
    facts = await fuels.fuel_facts(session, start, end, permit_number=obligation.permit_number)
    return held_in_fuel(facts, start=start, end=end)


async def _taxed(
    session: AsyncSession, obligation: Obligation, told: Told
) -> tuple[dict[str, Declared], Months | None]:
    """What was declared for the tax of the period; of a month with the other months of its quarter."""
    start, end = obligation.period_start, obligation.period_end
    declared = taxes.of_period(told, *declared_with(start, end)).declared
    if not declared or not months_of(start, end):
        return declared, None
    await repository.one_month_at_a_time(session, obligation.permit_number)
    return declared, await months.others(session, obligation.permit_number, start, end)


async def records_by_month(
    session: AsyncSession, obligation: Obligation, taxed: Mapping[str, Declared]
) -> Sequence[OfMonth]:
    """Asked for where a tax was reduced, which few were."""
    if not is_any_reduced(taxed):
        return ()
    start, end = obligation.period_start, obligation.period_end
    return await records.sums_by_month(session, obligation.permit_number, start, end)


def _year_before(day: date) -> date:
    """The first day of the same period one year earlier; periods begin with a month."""
    return day.replace(year=day.year - 1)


async def limits_of(session: AsyncSession, obligation: Obligation) -> Sequence[LimitFact]:
    """The limits of an ordinary day, by outlet, each with its own days."""
    return (await permitted(session, obligation)).dated


async def _kept_of(session: AsyncSession, obligation: Obligation, limited: Permitted) -> Sequence[Kept]:
    """Asked for where the permit asks for a ledger at the period's end: most submissions need no more statements."""
    if not limited.ledger:
        return ()
    return await keeping.kept_in(
        session,
        permit_id=obligation.permit_id,
        permit_number=obligation.permit_number,
        first=obligation.period_start,
        last=obligation.period_end,
    )


async def special_days(
    session: AsyncSession, obligation: Obligation, limited: Permitted
) -> list[tuple[date, str, str]]:
    """The days of the period on which special limits bind, with outlet (empty: the plant) and pollutant."""
    if not limited.special:
        return []
    levels = await _levels(session, obligation, limited)
    return owed_days(limited.special, levels, start=obligation.period_start, end=obligation.period_end)


async def _levels(session: AsyncSession, obligation: Obligation, limited: Permitted) -> Levels:
    """The alert levels of the period's days where the site is, if the permit has limits that go by them."""
    if not any(fact.ground == HEAVY_POLLUTION for fact in limited.special):
        return {}
    region = limited.region or await enterprises.region_of(session, obligation.uscc)
    if region is None:
        return {}
    first, last = obligation.period_start, obligation.period_end
    return await alerts.levels(session, first=first, last=last, region=region)


async def _records(
    session: AsyncSession, obligation: Obligation, limited: Permitted, levels: Levels
) -> Sequence[Highest]:
    """The records of each day, where a limit goes by days: a special one, or one that changed within the period."""
    is_special = levels or any(fact.ground == ATTAINMENT_PLAN for fact in limited.special)
    if not is_special and not limited.changing:
        return ()
    first, last = obligation.period_start, obligation.period_end
    return await monitoring.highest(session, obligation.permit_number, first, last)


def _special_days(records: Sequence[Highest], special: Sequence[LimitFact]) -> list[SpecialLine]:
    """What the records show of the days of the period on which special limits bind."""
    if not records:
        return []
    units = {(each.outlet_code, each.pollutant_code, each.unit) for each in special}
    asked = (each for each in records if (each.outlet_code, each.pollutant_code, each.unit) in units)
    return with_records((), map(_recorded, asked))


def _recorded(highest: Highest) -> SpecialLine:
    figure = recorded_as(unit=highest.unit, averaging=highest.averaging)
    line = SpecialLine(highest.day, highest.outlet_code, highest.pollutant_code)
    most: dict[str, Any] = {figure: highest.maximum}
    return replace(line, **most)


def _measured(records: Sequence[Highest], changing: Sequence[Changing]) -> Sequence[Measured]:
    """What the records show of the limits that changed within the period."""
    if not changing:
        return ()
    return [
        Measured(
            *(each.day, each.outlet_code, each.pollutant_code, each.unit),
            recorded_as(unit=each.unit, averaging=each.averaging),
            each.maximum,
        )
        for each in records
    ]


async def _ledger(session: AsyncSession, obligation: Obligation) -> Recorded:
    start, end = obligation.period_start, obligation.period_end
    return added_up(await ledger.totals(session, obligation.permit_number, start, end))


def added_up(totals: Iterable[LedgerTotal]) -> Recorded:
    """What the ledger of a period adds up to, by facility and by material."""
    hours: dict[str, Decimal] = {}
    materials: dict[tuple[str, str], Decimal] = {}
    for each in totals:
        if each.facility_code is not None and each.run_hours is not None:
            known = hours.get(each.facility_code, Decimal(0))
            hours[each.facility_code] = EXACT.add(known, each.run_hours)
        if each.kind in _CONSUMED and None not in (each.name, each.unit, each.quantity):
            key = (str(each.name), str(each.unit))
            materials[key] = EXACT.add(materials.get(key, Decimal(0)), each.quantity or Decimal(0))
    return Recorded(hours, materials)


_CONSUMED = ("materials", "treatment")
"""Kinds of entries whose quantities are of what was used; reagents are with the treatment."""


def _highest(shown: Iterable[tuple[str, str, str, str]]) -> dict[tuple[str, str], dict[str, Decimal]]:
    """Of each pollutant at each place in each unit, by whatever means; what was not detected proves nothing."""
    highest: dict[tuple[str, str], dict[str, Decimal]] = {}
    for place, pollutant, unit, maximum in shown:
        highest.setdefault((place, pollutant), {})[unit] = Decimal(maximum)
    return highest

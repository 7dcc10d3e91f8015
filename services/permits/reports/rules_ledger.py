"""A report against the ledger (台账) of its period: hours, materials, treatment that ran. Pure.

Sources: 排污许可管理条例 (Order 736) art. 21 (the ledger is true and complete), art. 22, 37 (so is the report); HJ
944-2018 (an annual report states hours of operation and materials). How far the two may differ is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.amounts.rules import deviation
from services.permits.reports.rules import ARTICLE_TRUTH, SOURCE_CONTENT
from services.permits.reports.rules_units import EXACT, said

ARTICLE_LEDGER = "排污许可管理条例 第二十一条、第三十七条"
_HOURS_OF_A_DAY = 24
_TWICE = Text(zh="与前一项重复", en="it was said before")
_DAYS = Text(
    zh="台账中设施{facility}运行{hours}小时，多于{days}个生产日",
    en="by the ledger {facility} ran {hours} hours, more than {days} days of production have",
)
_HOURS = Text(zh="报告期只有{hours}小时", en="the period has only {hours} hours")
_DIFFERS = Text(zh="与台账合计的{total} {unit}不符", en="differs from the {total} {unit} of the ledger")
_RAN_LESS = Text(
    zh="台账中治理设施{facility}运行{hours}小时，少于其所治理的生产设施{producer}的{produced}小时",
    en="by the ledger {facility} ran {hours} hours, less than the {produced} hours of {producer}, which it serves",
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger of a period adds up to: hours by facility, quantities by material and unit."""

    hours: Mapping[str, Decimal]
    materials: Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True)
class Ran:
    """How long a facility ran in the period, as the report states it."""

    facility_code: str
    run_hours: Decimal


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a material, a fuel or a reagent was used in the period, as the report states it."""

    name: str
    quantity: Decimal
    unit: str


def check_once(found: Findings, ran: Sequence[Ran], used: Sequence[Used]) -> None:
    """HJ 944-2018: each facility once, and each material in a unit."""
    seen: set[object] = set()
    lines: list[tuple[str, str, object]] = [
        *((f"/facilities/{at}", "facility_code", each.facility_code) for at, each in enumerate(ran)),
        *((f"/materials/{at}", "name", (each.name, each.unit)) for at, each in enumerate(used)),
    ]
    for where, name, key in lines:
        if key in seen:
            rests_on = ("/facilities/*/facility_code", "/materials/*/name", "/materials/*/unit")
            found.add(f"{where}/{name}", "value_repeated", _TWICE, article=SOURCE_CONTENT, rests_on=rests_on)
        seen.add(key)


def check_hours(found: Findings, ran: Sequence[Ran], *, period_days: int) -> None:
    """HJ 944-2018: a facility does not run for more hours than the period has."""
    most = Decimal(period_days * _HOURS_OF_A_DAY)
    for index, each in enumerate(ran):
        if each.run_hours > most:
            where = pointer("facilities", index, "run_hours")
            found.add(where, "too_many_hours", _HOURS.format(hours=most), article=SOURCE_CONTENT)


def check_production_days(found: Findings, ledger: Recorded, *, production_days: int) -> None:
    """条例 art. 37: a facility does not run for more hours than the days of production have."""
    most = Decimal(production_days * _HOURS_OF_A_DAY)
    for facility, hours in sorted(ledger.hours.items()):
        if facility.startswith("MF") and hours > most:
            text = _DAYS.format(facility=facility, hours=said(hours), days=production_days)
            found.add("/production_days", "fewer_days_than_ledger", text, article=ARTICLE_LEDGER)
            return


def check_stated(
    found: Findings, ledger: Recorded, ran: Sequence[Ran], used: Sequence[Used], tolerance: Decimal
) -> None:
    """条例 art. 21, 22: hours and quantities of a report are those of the ledger, where it has them."""
    for index, each in enumerate(ran):
        total = ledger.hours.get(each.facility_code)
        if total is not None and deviation(each.run_hours, total) > tolerance:
            where = pointer("facilities", index, "run_hours")
            text = _DIFFERS.format(total=said(total), unit="h")
            rests_on = (pointer("facilities", index, "facility_code"),)
            found.add(where, "differs_from_ledger", text, article=ARTICLE_LEDGER, rests_on=rests_on)
    for index, material in enumerate(used):
        total = ledger.materials.get((material.name, material.unit))
        if total is not None and deviation(material.quantity, total) > tolerance:
            where = pointer("materials", index, "quantity")
            text = _DIFFERS.format(total=said(total), unit=material.unit)
            keys = (pointer("materials", index, "name"), pointer("materials", index, "unit"))
            found.add(where, "differs_from_ledger", text, article=ARTICLE_LEDGER, rests_on=keys)


def check_treatment(
    found: Findings, ledger: Recorded, serves: Iterable[tuple[str, Sequence[str]]], tolerance: Decimal
) -> None:
    """条例 art. 21, 37: what treats the pollutants of a facility runs while that facility does."""
    share = EXACT.subtract(Decimal(1), tolerance)
    for treatment, producers in serves:
        hours = ledger.hours.get(treatment)
        produced = {each: ledger.hours[each] for each in producers if each in ledger.hours}
        if hours is None or not produced:
            continue
        longest = max(produced, key=lambda each: produced[each])
        if hours < EXACT.multiply(produced[longest], share):
            text = _RAN_LESS.format(
                facility=treatment, hours=said(hours), producer=longest, produced=said(produced[longest])
            )
            found.add("", "treatment_ran_less", text, article=ARTICLE_TRUTH)

"""Days of production and what was discharged on them, held against each other. Pure: no clock, no database.

Source: 排污许可管理条例 art. 37 (untrue reports); the rules themselves are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.reports.rules import ARTICLE_TRUTH, ValueFact, medium_of
from services.permits.reports.rules_ledger import Ran
from services.permits.reports.rules_limits import Key
from services.permits.reports.rules_plausibility import FIGURES, NO_QUANTITY
from services.permits.reports.rules_units import said

_RESTS_ON = ("/production_days", *(f"/values/*/{name}" for name in (*FIGURES, "amount", "amount_unit")))
_ZERO_TO_AIR = Text(
    zh="生产{days}天，而所有大气污染物均填报为零；未排放应填无数据原因",
    en="zero for every pollutant to air in {days} days of production; what was not discharged has a no-data code",
)
_ZERO_TO_WATER = Text(
    zh="生产{days}天，而所有水污染物均填报为零；未排放应填无数据原因",
    en="zero for every pollutant to water in {days} days of production; what was not discharged has a no-data code",
)
_IDLE = Text(
    zh="未生产（生产0天），却填报了{count}项污染物的排放：请核对生产天数，或说明排放从何而来",
    en="no day of production, and yet {count} pollutants discharged: check the days, or say where it came from",
)
_RAN = Text(
    zh="未生产（生产0天），而生产设施{facility}运行{hours}小时：请核对生产天数，或说明原因",
    en="no day of production, and yet {facility} ran {hours} hours: check the days, or say why it ran",
)


def check_zeros(
    found: Findings, values: Iterable[ValueFact], units: Mapping[Key, str], *, production_days: int
) -> None:
    """条例 art. 37: whoever produced has discharged something; nothing but zeros to air, or to water, is fiction.

    What is no quantity (pH, 林格曼黑度; by the `units` of the limits) does not tell that anything was discharged.
    """
    stated: dict[str, bool] = {}
    for value in values if production_days > 0 else ():
        if units.get(value.key) in NO_QUANTITY:
            continue
        figures = [figure for name in FIGURES if (figure := getattr(value, name)) is not None]
        if figures:
            medium = medium_of(value.outlet_code)
            stated[medium] = stated.get(medium, False) or any(figures)
    for medium in (each for each, discharged in stated.items() if not discharged):
        zero = _ZERO_TO_AIR if medium == "air" else _ZERO_TO_WATER
        text = zero.format(days=production_days)
        found.add("/values", "all_zero", text, article=ARTICLE_TRUTH, rests_on=_RESTS_ON)


def check_idle(
    found: Findings, values: Iterable[ValueFact], units: Mapping[Key, str], *, production_days: int
) -> None:
    """条例 art. 37: what is discharged without a day of production (heating, a cleaning) has to be explained."""
    if production_days > 0:
        return
    discharged = {
        value.key
        for value in values
        if units.get(value.key) not in NO_QUANTITY and any(getattr(value, name) for name in FIGURES)
    }
    if discharged:
        text = _IDLE.format(count=len(discharged))
        found.add(
            "/production_days",
            "discharge_without_production",
            text,
            article=ARTICLE_TRUTH,
            rests_on=_RESTS_ON,
        )


def check_idle_facilities(found: Findings, ran: Iterable[Ran], *, production_days: int) -> None:
    """条例 art. 37: a production facility that ran without a day of production (a trial, heating) has to be explained.

    What treats pollutants may run for itself, for a cleaning.
    """
    for each in ran if production_days == 0 else ():
        if each.facility_code.startswith("MF") and each.run_hours > 0:
            text = _RAN.format(facility=each.facility_code, hours=said(each.run_hours))
            rests_on = ("/facilities/*/facility_code", "/facilities/*/run_hours")
            found.add(
                "/production_days", "ran_without_production", text, article=ARTICLE_TRUTH, rests_on=rests_on
            )
            return

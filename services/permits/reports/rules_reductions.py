"""Whether a reduced environmental protection tax (减征) has the low concentrations that it needs. Pure.

Sources: 环境保护税法 (2018) art. 13 (30, 50 per cent below the standard), art. 18 (worked out by the month, declared by
the quarter); both read. 环境保护税法实施条例 (Order 693) art. 10 (the concentration is the mean of the month, of hours
or days measured automatically, else of the samples; and none of those is above the standard), art. 11 (for each outlet
and pollutant by itself): from memory, so that a finding is a note and refuses nothing (`Plausibility.tax_reduction`).
Means are compared with the permit's limit, which may be stricter than the standard that art. 13 means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.monitoring.rules import BelowDetection, OfMonth
from services.permits.permits.rules import LimitFact
from services.permits.reports.rules import ValueFact, medium_of
from services.permits.reports.rules_limits import CONCENTRATION_FIGURES, Key, figure_for, key_of
from services.permits.reports.rules_units import EXACT, said
from services.permits.taxes.rules import ARTICLE_REDUCED, BELOW, Declared
from services.permits.violations.rules import months_of

_REDUCED = Text(
    zh="环境保护税按{levied}%征收，需浓度低于排放标准{below}%；与许可证限值（可能严于标准）相比，所填平均浓度均未低于{below}%",
    en=(
        "the tax was levied at {levied} %, for concentrations {below} % below the emission standard; no mean of this "
        "report is so far below what it was compared with, the permit's limit, which may be stricter than the standard"
    ),
)
_OF_MONTHS = Text(
    zh=(
        "环境保护税按{levied}%征收，需月均浓度低于排放标准{below}%且监测值均不超标；{months}各排放口"
        "与许可证限值（可能严于标准）相比均不符合"
    ),
    en=(
        "the tax was levied at {levied} %, for means of the month {below} % below the emission standard and no value "
        "above it; no outlet has that in {months}, compared with the permit's limit, which may be stricter than the "
        "standard"
    ),
)
_AVERAGED = {"air": ("hour", "day"), "water": ("day", "hour")}
"""Of automatic values which are averaged over a month, the first that there are (实施条例 art. 10)."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """One outlet in one month: what its concentration was by, and what it had to be. To be worked out again by hand."""

    outlet_code: str
    pollutant_code: str
    month: date
    levied_percent: int
    source: str
    """`automatic` or `manual` records of the month, else the mean of the whole period in the `report`."""
    records: int | None
    mean: Decimal
    maximum: Decimal | None
    """None: the report's is not of the month."""
    unit: str
    limit: Decimal
    most: Decimal
    """What the mean may be: the limit less 30, 50 per cent."""
    founded: bool


def months_in(start: date, end: date) -> list[date]:
    """环境保护税法 art. 18: the first days of the months of a period."""
    return [date(*month, 1) for month in sorted(months_of(start, end))]


def is_any_reduced(declared: Mapping[str, Declared]) -> bool:
    """环境保护税法 art. 13: whether there is a reduction to look at."""
    return any(each.levied_percent in BELOW for each in declared.values())


def judge(
    declared: Mapping[str, Declared],
    limits: Iterable[LimitFact],
    values: Sequence[ValueFact],
    records: Iterable[OfMonth],
    *,
    months: Sequence[date],
    below: BelowDetection,
) -> list[Reduction]:
    """环境保护税法 art. 13, 实施条例 art. 10, 11: by outlet, pollutant and month what a reduced tax rests on.

    Of the limits that held on days of a month the laxest counts: one that changed was perhaps kept all the same.
    A month without records of an outlet in the limit's unit goes by the mean that the report states, if it does.
    """
    if not is_any_reduced(declared):
        return []
    highest: dict[tuple[Key, date], LimitFact] = {}
    for limit in limits:
        if figure_for(limit) in CONCENTRATION_FIGURES and limit.kind not in ("instant_value", "grade"):
            for month in filter(partial(_holds_in, limit), months):
                known = highest.setdefault((key_of(limit), month), limit)
                if limit.value > known.value:
                    highest[key_of(limit), month] = limit
    stated = {each.key: each.concentration_average for each in values}
    kept = list(records)
    found = []
    for (key, month), limit in sorted(highest.items()):
        levied = declared[key[1]].levied_percent if key[1] in declared else 100
        if levied not in BELOW:
            continue
        most = EXACT.multiply(limit.value, EXACT.subtract(Decimal(1), BELOW[levied]))
        source, count, mean, maximum = _measured(kept, key, limit.unit, month, below) or (
            "report",
            None,
            stated.get(key),
            None,
        )
        if mean is not None:
            founded = mean <= most and (maximum is None or maximum <= limit.value)
            found.append(
                Reduction(
                    outlet_code=key[0],
                    pollutant_code=key[1],
                    month=month,
                    levied_percent=levied,
                    source=source,
                    records=count,
                    mean=mean,
                    maximum=maximum,
                    unit=limit.unit,
                    limit=limit.value,
                    most=most,
                    founded=founded,
                )
            )
    return found


def _holds_in(limit: LimitFact, month: date) -> bool:
    """On a day of the month that begins on this day."""
    following = (month + timedelta(days=31)).replace(day=1)
    return limit.valid_from < following and (limit.valid_to is None or month <= limit.valid_to)


def _measured(
    records: Sequence[OfMonth], key: Key, unit: str, month: date, below: BelowDetection
) -> tuple[str, int, Decimal, Decimal] | None:
    """By what, how many, their mean and the largest; automatic ones come first (环境保护税法 art. 10)."""
    of_month = [
        each
        for each in records
        if (each.first, each.sum.place, each.sum.pollutant_code, each.sum.unit) == (month, *key, unit)
    ]
    for averaging in _AVERAGED[medium_of(key[0])]:
        for each in of_month:
            if (each.sum.means, each.averaging) == ("automatic", averaging):
                return "automatic", each.sum.count, each.sum.mean(below), each.sum.maximum
    sampled = [each.sum for each in of_month if each.sum.means == "manual"]
    if not sampled:
        return None
    whole, *more = sampled
    for other in more:
        whole = whole.with_more(other)
    return "manual", whole.count, whole.mean(below), whole.maximum


def check_reductions(found: Findings, judged: Iterable[Reduction], values: Sequence[ValueFact]) -> None:
    """环境保护税法 art. 13: a reduced tax needs a concentration 30 % (levied at 75 %), or 50 %, below the standard.

    A permit says its limits, not what the standard has: who is above these shares of a limit may be below those of it.
    Said of a month only where no outlet has such a mean: of several outlets one may have been taxed in full.
    """
    by_month: dict[str, dict[date, list[Reduction]]] = {}
    for each in judged:
        by_month.setdefault(each.pollutant_code, {}).setdefault(each.month, []).append(each)
    for pollutant, months in sorted(by_month.items()):
        unfounded = {month: all_ for month, all_ in months.items() if not any(one.founded for one in all_)}
        if not unfounded:
            continue
        lines = [each for all_ in unfounded.values() for each in all_]
        only_reported = all(each.source == "report" for each in lines)
        levied = lines[0].levied_percent
        text = (_REDUCED if only_reported else _OF_MONTHS).format(
            levied=levied,
            below=said(EXACT.multiply(BELOW[levied], Decimal(100))),
            months=", ".join(f"{month:%Y-%m}" for month in sorted(unfounded)),
        )
        keys = {(each.outlet_code, pollutant) for each in lines}
        at = next((index for index, value in enumerate(values) if value.key in keys), None)
        where = "/values" if at is None else pointer("values", at, "concentration_average")
        found.add(where, "tax_reduction_unfounded", text, article=ARTICLE_REDUCED, rests_on=("/values",))

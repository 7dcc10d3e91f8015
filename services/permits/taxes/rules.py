"""What enterprises declared for the environmental protection tax (环境保护税), and what that adds up to. Pure.

Sources: 环境保护税法 (2018) art. 10 (the amount that is taxed is worked out by the same means as that of a report),
art. 13 (lower rates for low concentrations), art. 15 (the tax office hands what was declared to the ecology office),
art. 18 (declared by the quarter); all read. The tolerances are ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.reports.rules_units import EXACT

ARTICLE_AMOUNT = "环境保护税法 第十条"
ARTICLE_REDUCED = "环境保护税法 第十三条"
ARTICLE_SHARED = "环境保护税法 第十五条"
ARTICLE_QUARTER = "环境保护税法 第十八条"
FIRST_YEAR = 2018
"""环境保护税法 art. 28: the law holds from 2018 on."""
BELOW = {75: Decimal("0.30"), 50: Decimal("0.50")}
"""Levied at so many per cent of the tax: by which share the concentration is to be below the standard (art. 13)."""

Quarter = tuple[int, int | None]
"""Year and quarter; None is a declaration for the whole year."""

_NOT_OVER = Text(zh="所属期尚未结束", en="the period is not over")
_DECLARED = Text(
    zh="申报日期早于所属期结束或晚于今天", en="declared before the period was over, or after today"
)
_TWICE = Text(zh="污染物{pollutant}重复", en="{pollutant} appears twice")
_OTHER_SITE = Text(zh="该排污许可证不属于该单位", en="the permit is not this enterprise's")
_BEFORE = Text(zh="更正不能早于原申报日期{day}", en="not declared before what it corrects, of {day}")
_REASON = Text(zh="更正应说明原因", en="a correction says why")
_NO_CORRECTION = Text(zh="不是更正的，不填更正原因", en="only a correction has a reason")


@dataclass(frozen=True, slots=True)
class Declared:
    """One pollutant over a period: the amount that was taxed, and at how many per cent of the tax."""

    pollutant_code: str
    amount_t: Decimal
    levied_percent: int = 100


def last_day(year: int, quarter: int | None) -> date:
    """环境保护税法 art. 18: the last day of what was declared for."""
    month = 12 if quarter is None else quarter * 3
    following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return following - timedelta(days=1)


def check_period(found: Findings, *, year: int, quarter: int | None, declared_on: date, today: date) -> None:
    """环境保护税法 art. 18, 19: a quarter is declared when it is over, and no later than it is told of.

    Of a year before the law nothing is said here: the document's shape refuses it.
    """
    if year < FIRST_YEAR:
        return
    end = last_day(year, quarter)
    if end >= today:
        where = "/year" if quarter is None else "/quarter"
        found.add(
            where, "period_not_over", _NOT_OVER, article=ARTICLE_QUARTER, rests_on=("/year", "/quarter")
        )
    if not end < declared_on <= today:
        rests_on = ("/year", "/quarter")
        found.add("/declared_on", "declared_too_early", _DECLARED, article=ARTICLE_QUARTER, rests_on=rests_on)


def overlaps(quarter: int | None, other: int | None) -> bool:
    """环境保护税法 art. 18: within a year quarters are declared, or the year as a whole: not the same days twice."""
    return quarter is None or other is None or quarter == other


def check_lines(found: Findings, pollutants: Sequence[str]) -> None:
    """环境保护税法 art. 9: each pollutant once."""
    seen: set[str] = set()
    for index, each in enumerate(pollutants):
        if each in seen:
            where, rests_on = pointer("lines", index, "pollutant_code"), ("/lines/*/pollutant_code",)
            text = _TWICE.format(pollutant=each)
            found.add(where, "value_repeated", text, article=ARTICLE_QUARTER, rests_on=rests_on)
        seen.add(each)


def check_site(found: Findings, *, uscc: str, permit_number: str | None) -> None:
    """HJ 608-2017: the number of a permit begins with the code of its holder."""
    if permit_number is not None and not permit_number.startswith(uscc):
        found.add(
            "/permit_number", "permit_of_another", _OTHER_SITE, article="HJ 608-2017", rests_on=("/uscc",)
        )


def check_reason(found: Findings, *, is_correction: bool, reason: str | None) -> None:
    """环境保护税法 art. 19: what was declared is answered for: a correction says why."""
    if is_correction and reason is None:
        found.add(
            "/reason", "reason_needed", _REASON, article="环境保护税法 第十九条", rests_on=("/supersedes",)
        )
    elif reason is not None and not is_correction:
        found.add("/reason", "reason_superfluous", _NO_CORRECTION, rests_on=("/supersedes",))


def check_after(found: Findings, *, declared_on: date, corrected_on: date) -> None:
    """环境保护税法 art. 19: a correction follows the declaration that it corrects: no clock runs backwards."""
    if declared_on < corrected_on:
        text, rests_on = _BEFORE.format(day=corrected_on.isoformat()), ("/supersedes",)
        found.add(
            "/declared_on", "correction_before", text, article="环境保护税法 第十九条", rests_on=rests_on
        )


def quarters_of(start: date, end: date) -> list[tuple[int, int]]:
    """环境保护税法 art. 18: the quarters that a period is made of; none where it is not made of whole ones."""
    if start.day != 1 or start.month % 3 != 1:
        return []
    quarters, at = [], (start.year, (start.month + 2) // 3)
    while last_day(*at) <= end:
        quarters.append(at)
        at = (at[0] + 1, 1) if at[1] == 4 else (at[0], at[1] + 1)
    return quarters if quarters and last_day(*quarters[-1]) == end else []


def added_up(
    told: Mapping[Quarter, Sequence[Declared]], wanted: Collection[tuple[int, int]]
) -> dict[str, Declared]:
    """环境保护税法 art. 10: by pollutant, what was declared for all of these quarters, or for their year as a whole.

    A pollutant that was not declared in each of them is left out: only the largest of an outlet are taxed (art. 9), so
    that the sum would say nothing. Levied is what the least reduced quarter has.
    """
    if not wanted:
        return {}
    parts: list[Sequence[Declared]] = [told[each] for each in wanted if each in told]
    if len(parts) < len(wanted):
        years = {year for year, _ in wanted}
        whole = [told[year, None] for year in years if (year, None) in told]
        if len(wanted) != 4 or len(years) != 1 or not whole:
            return {}
        parts = whole
    found: dict[str, Declared] = {}
    by_part = [{each.pollutant_code: each for each in part} for part in parts]
    for pollutant in set.intersection(*(set(part) for part in by_part)):
        amount, levied = Decimal(0), 0
        for part in by_part:
            amount = EXACT.add(amount, part[pollutant].amount_t)
            levied = max(levied, part[pollutant].levied_percent)
        found[pollutant] = Declared(pollutant, amount, levied)
    return found

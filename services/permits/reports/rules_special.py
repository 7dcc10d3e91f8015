"""Special periods (特殊时段) in a report: which limits bind on which day, and which figures are over them. Pure.

Sources: 排污许可管理条例 (Order 736) art. 13(7) (what a permit prohibits or limits in special periods), art. 35(2) (who
breaks it is fined); 大气污染防治法 art. 96 (by alert level); HJ 944-2018 (a report has the figures of those days; the
form is ours). A day is one of an alert where the alert touches it; a plan (限期达标规划) goes by its limits' dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.permits.rules import WHOLE_PLANT, LimitFact
from services.permits.permits.rules_in_force import Holding, in_force
from services.permits.reports.rules import (
    ARTICLE_REPORT,
    ARTICLE_TRUTH,
    BLANK,
    SOURCE_CONTENT,
    check_given,
    multiple_of,
)
from services.permits.reports.rules_units import said

ARTICLE_SPECIAL = "排污许可管理条例 第三十五条"
FIGURE_OF = {
    "hourly_concentration": "concentration_max",
    "daily_concentration": "concentration_average",
    "emission_rate": "rate_max",
    "daily_amount": "amount_kg",
    "monthly_amount": "month_amount_t",
}
"""Which figure of a day is held against which kind of limit."""
Levels = Mapping[date, str]
"""The alert level of each day that has one, where the site is."""
_DAY = timedelta(days=1)
_OUTSIDE = Text(zh="不在报告期内", en="outside the period of the report")
_NO_LIMIT = Text(
    zh="当日没有适用于{place}的{pollutant}的特殊时段限值",
    en="no special limit of {pollutant} at {place_en} holds on that day",
)
_TWICE = Text(
    zh="同一日{place}的{pollutant}重复", en="{pollutant} at {place_en} appears twice for the same day"
)
_OTHER_MONTH = Text(zh="同月排放量前面填报为{amount} t", en="of the same month {amount} t was stated before")
_RECORDED = Text(
    zh="低于当日自行监测记录的{maximum}", en="below {maximum} of that day's self-monitoring records"
)
_UNSTATED = Text(
    zh="特殊时段限值（{place}，{pollutant}，{kind}）适用{days}天，报告未填报，首日为{first}",
    en="the special limit ({place_en}, {pollutant}, {kind}) held on {days} days, the first of them {first}, and the "
    "report does not show it",
)


@dataclass(frozen=True, slots=True)
class SpecialLine:
    """The figures of one day at one outlet, or of the whole plant (`outlet_code` empty): mg/m3 or mg/L, kg/h, kg, and
    t of the month that the day lies in."""

    day: date
    outlet_code: str
    pollutant_code: str
    concentration_max: Decimal | None = None
    concentration_average: Decimal | None = None
    rate_max: Decimal | None = None
    amount_kg: Decimal | None = None
    month_amount_t: Decimal | None = None
    no_data_code: str | None = None

    @property
    def key(self) -> tuple[date, str, str]:
        return self.day, self.outlet_code, self.pollutant_code

    def figures(self) -> dict[str, Decimal]:
        named = {name: getattr(self, name) for name in FIGURE_OF.values()}
        return {name: figure for name, figure in named.items() if figure is not None}


@dataclass(frozen=True, slots=True)
class SpecialExceedance:
    """A figure of a special period over its limit; of a prohibition (`limit` 0) there is no multiple."""

    day: date
    ground: str
    alert_level: str | None
    outlet_code: str
    pollutant_code: str
    kind: str
    limit: Decimal
    value: Decimal
    multiple: Decimal | None


def check_lines(found: Findings, lines: Sequence[SpecialLine], *, start: date, end: date) -> None:
    """HJ 944-2018: a day of the period, once for each place and pollutant, with figures or the reason for none; of a
    month one amount."""
    seen: set[tuple[date, str, str]] = set()
    of_month: dict[tuple[date, str, str], Decimal] = {}
    for index, line in enumerate(lines):
        where = pointer("special_values", index)
        if not start <= line.day <= end:
            found.add(f"{where}/day", "day_outside_period", _OUTSIDE, article=SOURCE_CONTENT)
        if line.key in seen:
            text = _TWICE.format(**_place(line.outlet_code), pollutant=line.pollutant_code)
            keys = ("day", "outlet_code", "pollutant_code")
            rests_on = tuple(f"/special_values/*/{name}" for name in keys)
            found.add(where, "value_repeated", text, article=SOURCE_CONTENT, rests_on=rests_on)
        seen.add(line.key)
        if line.month_amount_t is not None:
            key = (line.day.replace(day=1), line.outlet_code, line.pollutant_code)
            said_before = of_month.setdefault(key, line.month_amount_t)
            if said_before != line.month_amount_t:
                text = _OTHER_MONTH.format(amount=said(said_before))
                at = f"{where}/month_amount_t"
                found.add(at, "month_amount_differs", text, article=SOURCE_CONTENT, rests_on=_keys(index))
        figures = line.figures()
        check_given(found, where, figures, line.no_data_code)
        if not figures and line.no_data_code is None:
            rests_on = tuple(f"{where}/{name}" for name in (*FIGURE_OF.values(), "no_data_code"))
            found.add(where, "value_blank", BLANK, article=SOURCE_CONTENT, rests_on=rests_on)


def check_special(
    found: Findings, limits: Sequence[LimitFact], levels: Levels, lines: Sequence[SpecialLine]
) -> None:
    """条例 art. 13(7): figures of a special period are of a day, place and pollutant that it limits."""
    for index, line in enumerate(lines):
        if not any(_is_of(holding, line) for holding in binding(limits, levels, line.day)):
            text = _NO_LIMIT.format(**_place(line.outlet_code), pollutant=line.pollutant_code)
            where = pointer("special_values", index)
            found.add(where, "no_special_limit", text, article=ARTICLE_REPORT, rests_on=_keys(index))


def recorded_as(*, unit: str, averaging: str) -> str:
    """HJ 819-2017: which figure of a day a monitoring record is: a rate, a mean of the day, or one of shorter time."""
    if unit == "kg/h":
        return "rate_max"
    return "concentration_average" if averaging == "day" else "concentration_max"


def within(limits: Iterable[LimitFact], *, first: date, last: date | None) -> list[LimitFact]:
    """条例 art. 13(7): special limits as a version holds them, on no day outside its own, from `first` to `last`."""
    ends = [(fact, min((day for day in (fact.valid_to, last) if day), default=None)) for fact in limits]
    return [
        replace(fact, valid_from=max(fact.valid_from, first), valid_to=end)
        for fact, end in ends
        if end is None or end >= max(fact.valid_from, first)
    ]


def binding(limits: Iterable[LimitFact], levels: Levels, day: date) -> list[Holding]:
    """条例 art. 13(7): the special limits that bind on a day; of those that compare, the strictest."""
    return [holding for holding in in_force(limits, day=day, level=levels.get(day)) if holding.binding]


def with_records(lines: Sequence[SpecialLine], records: Iterable[SpecialLine]) -> list[SpecialLine]:
    """条例 art. 19, 27: what the enterprise's own records show of a day counts where the report says nothing of it,
    or less."""
    by_key = {line.key: line for line in lines}
    for record in records:
        line = by_key.get(record.key, replace(record, no_data_code=None))
        most: dict[str, Any] = {
            name: max(figure, line.figures().get(name, figure)) for name, figure in record.figures().items()
        }
        by_key[record.key] = replace(line, **most)
    return list(by_key.values())


def check_recorded(found: Findings, lines: Sequence[SpecialLine], records: Iterable[SpecialLine]) -> None:
    """条例 art. 19, 37: a report shows no less of a day than the enterprise's own records do."""
    of_day = {record.key: record.figures() for record in records}
    for index, line in enumerate(lines):
        stated = line.figures()
        for name, maximum in of_day.get(line.key, {}).items():
            if name in stated and stated[name] < maximum:
                where = pointer("special_values", index, name)
                text = _RECORDED.format(maximum=said(maximum))
                found.add(where, "below_monitored", text, article=ARTICLE_TRUTH, rests_on=_keys(index))


def special_exceedances(
    limits: Sequence[LimitFact], levels: Levels, lines: Iterable[SpecialLine]
) -> list[SpecialExceedance]:
    """条例 art. 35(2): the figures of special days over what binds on them; equal complies. Where discharge is
    prohibited, anything above nothing is over. A month's amount is judged once, on the first of its lines."""
    over: dict[tuple[object, ...], SpecialExceedance] = {}
    for line in sorted(lines, key=lambda each: each.key):
        for holding in binding(limits, levels, line.day):
            fact = holding.fact
            figure = line.figures().get(FIGURE_OF[fact.kind])
            if figure is None or not _is_of(holding, line) or figure <= holding.value:
                continue
            multiple = multiple_of(figure, holding.value) if holding.value else None
            once = (line.day.year, line.day.month) if fact.kind == "monthly_amount" else line.day
            over.setdefault(
                (once, line.outlet_code, line.pollutant_code, fact.kind),
                SpecialExceedance(
                    line.day,
                    holding.ground,
                    fact.alert_level,
                    *(line.outlet_code, line.pollutant_code, fact.kind),
                    *(holding.value, figure, multiple),
                ),
            )
    return list(over.values())


def check_unstated(
    found: Findings,
    limits: Sequence[LimitFact],
    levels: Levels,
    lines: Iterable[SpecialLine],
    *,
    start: date,
    end: date,
) -> None:
    """条例 art. 22: a report shows whether the limits of special periods were kept; each limit is named once."""
    shown = _shown(lines)
    missing: dict[tuple[str, str, str], list[date]] = {}
    for day in _days(start, end):
        for holding in binding(limits, levels, day):
            fact = holding.fact
            place = (fact.outlet_code, fact.pollutant_code)
            when = day.replace(day=1) if fact.kind == "monthly_amount" else day
            if not {(when, *place, FIGURE_OF[fact.kind]), (day, *place, "no_data_code")} & shown:
                missing.setdefault((*place, fact.kind), []).append(day)
    for (outlet, pollutant, kind), days in sorted(missing.items()):
        text = _UNSTATED.format(
            **_place(outlet), pollutant=pollutant, kind=kind, days=len(days), first=days[0].isoformat()
        )
        found.add("/special_values", "special_value_missing", text, article=ARTICLE_REPORT)


def owed_days(
    limits: Sequence[LimitFact], levels: Levels, *, start: date, end: date
) -> list[tuple[date, str, str]]:
    """条例 art. 13(7), 22: what a report of these days has a line for: day, place and pollutant, in their order."""
    owed = {
        (day, holding.fact.outlet_code, holding.fact.pollutant_code): None
        for day in _days(start, end)
        for holding in binding(limits, levels, day)
    }
    return sorted(owed)


def _shown(lines: Iterable[SpecialLine]) -> set[tuple[date, str, str, str]]:
    found: set[tuple[date, str, str, str]] = set()
    for line in lines:
        for name in line.figures():
            when = line.day.replace(day=1) if name == "month_amount_t" else line.day
            found.add((when, line.outlet_code, line.pollutant_code, name))
        if line.no_data_code is not None:
            found.add((*line.key, "no_data_code"))
    return found


def _days(start: date, end: date) -> Iterator[date]:
    for offset in range((end - start).days + 1):
        yield start + offset * _DAY


def _keys(index: int) -> tuple[str, ...]:
    """What says of which limit a line is."""
    return tuple(pointer("special_values", index, name) for name in ("day", "outlet_code", "pollutant_code"))


def _is_of(holding: Holding, line: SpecialLine) -> bool:
    fact = holding.fact
    return (fact.outlet_code, fact.pollutant_code) == (line.outlet_code, line.pollutant_code)


def _place(outlet_code: str) -> dict[str, str]:
    """An outlet or the plant, in the words of each language."""
    if outlet_code == WHOLE_PLANT:
        return {"place": "全厂", "place_en": "the whole plant"}
    return {"place": outlet_code, "place_en": outlet_code}

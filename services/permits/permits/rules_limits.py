"""What one permitted value must satisfy, by its kind. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 13(5), 13(7) (kinds, concentrations and amounts; special periods); the
columns of the national platform's limit tables; HJ 75-2017 and HJ 356-2019 (averaging). A limit that does not exist is
a row that does not exist: a blank is never a zero, and a zero is never a limit (decision 0024).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_CONTENT = "排污许可管理条例 第十三条"
ARTICLE_SPECIAL = "排污许可管理条例 第十三条第七项"

CONCENTRATIONS = frozenset({"hourly_concentration", "daily_concentration", "concentration", "instant_value"})
ALERT_LEVELS = ("yellow", "orange", "red")
"""重污染天气预警 from the lowest to the highest level (黄色、橙色、红色)."""

_MASS_PER_VOLUME = {
    "air": ("mg/m3", "ng-TEQ/m3", "dimensionless"),
    "water": ("mg/L", "MPN/L", "dimensionless"),
}
_UNITS = {
    "emission_rate": ("kg/h",),
    "grade": ("grade",),
    "annual_amount": ("t/a",),
    "daily_amount": ("kg/d",),
    "monthly_amount": ("t/month",),
}
_PERIODS = {
    "hourly_concentration": ("hour",),
    "daily_concentration": ("day",),
    "instant_value": ("instant",),
    "grade": ("instant",),
    "emission_rate": ("instant", "hour"),
    "annual_amount": ("year",),
    "daily_amount": ("day",),
    "monthly_amount": ("month",),
}
_COUNTED_IN = {"hour": "minute", "day": "hour", "week": "day", "month": "day", "year": "day"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DAYS_OF_A_YEAR = 366

_UNIT = Text(zh="该限值的单位应为{units}", en="the unit of this limit is {units}")
_RANGE = Text(zh="下限应小于上限", en="the lower bound is not below the upper one")
_NO_RANGE = Text(zh="只有无量纲的浓度或瞬时值才有下限", en="only a dimensionless value has a lower bound")
_PROMISE = Text(zh="承诺的限值应严于许可限值", en="a stricter promise is below the limit itself")
_NO_PROMISE = Text(zh="该类限值没有更加严格的承诺", en="a limit of this kind has no stricter promise")
_GRADE = Text(
    zh="等级限值应写明原文，如“林格曼黑度1级”", en="a limit by grade says its words, such as 林格曼黑度1级"
)
_GRADE_OTHER = Text(
    zh="原文的级别与数值{value}不一致", en="the words name another grade than the value {value}"
)
_NO_TEXT = Text(zh="只有等级限值才写文字", en="only a limit by grade has words")
_YEAR_KIND = Text(zh="只有年排放量限值分许可年度", en="only yearly amounts differ by permit year")
_YEAR_OPEN = Text(
    zh="许可年度的起止日期应写明，且不超过一年",
    en="a permit year has a last day, at most a year after its first",
)
_YEAR_ORDER = Text(
    zh="第{year}年应在前一年之后开始", en="year {year} begins after the year before it has ended"
)
_AVERAGING = Text(zh="该类限值的取值时间应为{periods}", en="a limit of this kind is taken over: {periods}")
_AVERAGING_STATED = Text(zh="应写明浓度的取值时间", en="say over which time the concentration is taken")
_SUMMED = Text(zh="排放量求和，浓度和速率不求和", en="amounts are summed; nothing else is")
_COUNT = Text(
    zh="有效数据的最低数量和单位应同时写明，且单位为{unit}",
    en="the least number of valid data goes with its unit, which is {unit}",
)


@dataclass(frozen=True, slots=True)
class AveragingRule:
    """Over which time a value is taken before it is compared, and how much of that time must hold valid data."""

    period: str
    statistic: str
    minimum_valid: int | None = None
    minimum_unit: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class LimitForm:
    """One permitted value as it is written down, at `where` (a JSON Pointer), for an outlet to `medium`."""

    where: str
    medium: str | None
    kind: str
    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None
    lower_value: Decimal | None = None
    promised_value: Decimal | None = None
    text: str | None = None
    permit_year: int | None = None

    def at(self, *names: str) -> tuple[str, ...]:
        return tuple(f"{self.where}/{name}" for name in names)


def units_of(kind: str, medium: str | None) -> tuple[str, ...]:
    """条例 art. 13: amounts in t/a, rates in kg/h; concentrations in mg/m3 to air and mg/L to water."""
    if kind in _UNITS:
        return _UNITS[kind]
    if medium is None:
        return tuple(dict.fromkeys(unit for units in _MASS_PER_VOLUME.values() for unit in units))
    return _MASS_PER_VOLUME[medium]


def check_unit(found: Findings, where: str, *, medium: str | None, kind: str, unit: str) -> None:
    """条例 art. 13: the unit is one of those of its kind. `where` is the pointer of the unit."""
    allowed = units_of(kind, medium)
    if unit not in allowed:
        beside, outlet = where.rpartition("/")[0], where.rsplit("/", 3)[0]
        rests_on = (f"{beside}/kind", f"{outlet}/medium")
        text = _UNIT.format(units=" / ".join(allowed))
        found.add(where, "unit_mismatch", text, article=ARTICLE_CONTENT, rests_on=rests_on)


def check_bounds(found: Findings, limit: LimitForm) -> None:
    """A range (pH 6 to 9) has both bounds in order; it exists for dimensionless values alone."""
    if limit.lower_value is None:
        return
    (at,) = limit.at("lower_value")
    if limit.kind not in CONCENTRATIONS or limit.unit != "dimensionless":
        rests_on = limit.at("kind", "unit")
        found.add(at, "lower_bound_not_expected", _NO_RANGE, article=ARTICLE_CONTENT, rests_on=rests_on)
    elif limit.lower_value >= limit.value:
        rests_on = limit.at("value")
        found.add(at, "bounds_reversed", _RANGE, article=ARTICLE_CONTENT, rests_on=rests_on)


def check_promise(found: Findings, limit: LimitForm) -> None:
    """承诺更加严格排放限值: what the enterprise promised is stricter than what it was allowed (条例 art. 13(5))."""
    if limit.promised_value is None:
        return
    (at,) = limit.at("promised_value")
    if limit.kind == "grade" or limit.lower_value is not None:
        rests_on = limit.at("kind", "lower_value")
        found.add(at, "promise_not_expected", _NO_PROMISE, article=ARTICLE_CONTENT, rests_on=rests_on)
    elif limit.promised_value >= limit.value:
        rests_on = limit.at("value")
        found.add(at, "promise_not_stricter", _PROMISE, article=ARTICLE_CONTENT, rests_on=rests_on)


def check_words(found: Findings, limit: LimitForm) -> None:
    """A text limit (林格曼黑度1级) keeps its words beside the grade that orders it, and both say the same."""
    (at,) = limit.at("text")
    if limit.kind != "grade":
        if limit.text is not None:
            found.add(at, "text_not_expected", _NO_TEXT, rests_on=limit.at("kind"))
        return
    if limit.text is None:
        found.add(at, "text_missing", _GRADE, article=ARTICLE_CONTENT, rests_on=limit.at("kind"))
    elif limit.value not in {Decimal(number) for number in _NUMBER.findall(limit.text)}:
        text = _GRADE_OTHER.format(value=format(limit.value, "f"))
        found.add(at, "text_mismatch", text, article=ARTICLE_CONTENT, rests_on=limit.at("value", "kind"))


def check_year(found: Findings, limit: LimitForm) -> None:
    """许可年排放量限值 第一年…第五年: a yearly amount of one permit year says when that year begins and ends."""
    if limit.permit_year is None:
        return
    if limit.kind != "annual_amount":
        (at,) = limit.at("permit_year")
        found.add(at, "permit_year_not_expected", _YEAR_KIND, rests_on=limit.at("kind"))
    elif limit.valid_to is None or (limit.valid_to - limit.valid_from).days >= _DAYS_OF_A_YEAR:
        (at,) = limit.at("valid_to")
        rests_on = limit.at("valid_from", "permit_year", "kind")
        found.add(at, "permit_year_open", _YEAR_OPEN, article=ARTICLE_CONTENT, rests_on=rests_on)


def check_years_in_order(found: Findings, limits: Sequence[LimitForm]) -> None:
    """The five years of one amount follow one another; `limits` are those of one pollutant at one place."""
    years = sorted(
        (limit for limit in limits if limit.permit_year is not None and limit.valid_to is not None),
        key=lambda limit: limit.permit_year or 0,
    )
    for before, after in pairwise(years):
        if (
            before.permit_year != after.permit_year
            and before.valid_to
            and after.valid_from <= before.valid_to
        ):
            (at,) = after.at("valid_from")
            text = _YEAR_ORDER.format(year=after.permit_year)
            named = ("permit_year", "pollutant_code")
            rests_on = (*before.at("valid_to", *named), *after.at(*named))
            found.add(at, "permit_years_overlap", text, article=ARTICLE_CONTENT, rests_on=rests_on)


def check_averaging(found: Findings, where: str, *, kind: str, rule: AveragingRule | None) -> None:
    """Over which time a value is taken follows from its kind; where the kind leaves it open the permit says it.

    `where` is the pointer of the averaging rule; the kind stands beside it.
    """
    rests_on = (f"{where.rpartition('/')[0]}/kind",)
    if rule is None:
        if kind == "concentration":
            found.add(
                where, "averaging_missing", _AVERAGING_STATED, article=ARTICLE_CONTENT, rests_on=rests_on
            )
        return
    periods = _PERIODS.get(kind)
    if periods is not None and rule.period not in periods:
        text = _AVERAGING.format(periods=" / ".join(periods))
        found.add(f"{where}/period", "averaging_mismatch", text, article=ARTICLE_CONTENT, rests_on=rests_on)
    if (rule.statistic == "sum") != kind.endswith("_amount"):
        found.add(f"{where}/statistic", "statistic_mismatch", _SUMMED, rests_on=rests_on)
    counted_in = _COUNTED_IN.get(rule.period) if rule.minimum_valid is not None else None
    if rule.minimum_unit != counted_in:
        text = _COUNT.format(unit=_COUNTED_IN.get(rule.period, "-"))
        beside = (f"{where}/period", f"{where}/minimum_valid")
        found.add(f"{where}/minimum_unit", "coverage_incomplete", text, rests_on=beside)

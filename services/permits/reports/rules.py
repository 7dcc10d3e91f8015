"""What an execution report must satisfy, and the states it goes through. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736, in force 2021-03-01) art. 21-23 and 37; HJ 944-2018 (content of reports).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.permits.rules import LimitFact

ARTICLE_REPORT = "排污许可管理条例 第二十二条"
ARTICLE_TRUTH = "排污许可管理条例 第二十二条、第三十七条"
SOURCE_CONTENT = "HJ 944-2018"
MULTIPLE_PLACES = Decimal("0.01")
_EXACT = Context(prec=100)  # the default of 28 digits is too few for 18 digits over 12 places


class State(StrEnum):
    """States of a report, with the office's words."""

    SUBMITTED = "submitted"  # 已提交
    RETURNED = "returned"  # 退回修改
    ACCEPTED = "accepted"  # 审核通过


class Step(StrEnum):
    """What can happen to a report after it was first submitted."""

    CORRECT = "correct"  # 更正
    RETURN = "return"  # 退回
    ACCEPT = "accept"  # 通过


# A report that was not yet accepted can be corrected; whoever corrects in time is not punished for the error.
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.SUBMITTED, Step.CORRECT): State.SUBMITTED,
    (State.SUBMITTED, Step.RETURN): State.RETURNED,
    (State.SUBMITTED, Step.ACCEPT): State.ACCEPTED,
    (State.RETURNED, Step.CORRECT): State.SUBMITTED,
}


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))


@dataclass(frozen=True, slots=True)
class ValueFact:
    """One reported line: concentrations (mg/m3 or mg/L), amount (t in the period), or why there are none."""

    outlet_code: str
    pollutant_code: str
    concentration_max: Decimal | None
    concentration_average: Decimal | None
    amount_t: Decimal | None
    method: str | None
    no_data_code: str | None

    @property
    def key(self) -> tuple[str, str]:
        return self.outlet_code, self.pollutant_code


@dataclass(frozen=True, slots=True)
class Exceedance:
    """A value over its limit; `multiple` = (value − limit) / limit, rounded half up to two places (超标倍数)."""

    outlet_code: str
    pollutant_code: str
    kind: str
    limit: Decimal
    value: Decimal
    multiple: Decimal


@dataclass(frozen=True, slots=True)
class Plausibility:
    """When a figure cannot be true. Ours, not the law's: the national platform let 11.19 billion t of SO2 pass
    against a permitted 0.36 t. A factor of 10³ is the commonest unit error."""

    amount_factor: Decimal = Decimal(10)


_MISSING = Text(zh="缺少排放口{outlet}的{pollutant}", en="{pollutant} at outlet {outlet} is missing")
_UNKNOWN_OUTLET = Text(zh="许可证中没有排放口{outlet}", en="the permit has no outlet {outlet}")
_UNKNOWN_POLLUTANT = Text(
    zh="许可证中排放口{outlet}没有污染物{pollutant}", en="the permit has no {pollutant} at outlet {outlet}"
)
_TWICE = Text(zh="排放口{outlet}的{pollutant}重复", en="{pollutant} at outlet {outlet} appears twice")
_NEGATIVE = Text(zh="不能为负数", en="must not be negative")
_BLANK = Text(
    zh="应填报数值或无数据原因；空白不等于零", en="give figures or a no-data code; a blank is not a zero"
)
_BOTH = Text(zh="已填无数据原因，不应再填数值", en="a no-data code excludes figures")
_NO_METHOD = Text(zh="应说明排放量的核算方法", en="the method of the amount is missing")
_AVERAGE = Text(zh="平均值大于最大值", en="the average is above the maximum")
_IMPLAUSIBLE = Text(
    zh="排放量{amount} t超过年许可排放量{limit} t的{factor}倍，请检查单位",
    en="{amount} t is more than {factor} times the permitted {limit} t a year; check the unit",
)
_EXPLAIN = Text(
    zh="有{count}项超过许可限值，应说明原因和处理情况",
    en="{count} values exceed their limits: explain the cause and what was done",
)
_KEYS = ("/values/*/outlet_code", "/values/*/pollutant_code")
_DAYS = Text(zh="生产天数不能多于报告期的{days}天", en="the period has only {days} days")


def check_values(found: Findings, limits: Sequence[LimitFact], values: Sequence[ValueFact]) -> None:
    """条例 art. 22, HJ 944-2018: every permitted outlet and pollutant is reported, once, and nothing else."""
    permitted = {(limit.outlet_code, limit.pollutant_code) for limit in limits}
    outlets = {outlet for outlet, _ in permitted}
    limited = {(limit.outlet_code, limit.pollutant_code) for limit in limits if limit.kind == "annual_amount"}
    seen: set[tuple[str, str]] = set()
    for index, value in enumerate(values):
        named = {"outlet": value.outlet_code, "pollutant": value.pollutant_code}
        where = pointer("values", index)
        if value.outlet_code not in outlets:
            text = _UNKNOWN_OUTLET.format(**named)
            found.add(f"{where}/outlet_code", "outlet_not_permitted", text, article=ARTICLE_REPORT)
        elif value.key not in permitted:
            text = _UNKNOWN_POLLUTANT.format(**named)
            found.add(f"{where}/pollutant_code", "pollutant_not_permitted", text, article=ARTICLE_REPORT)
        elif value.key in seen:
            found.add(where, "value_repeated", _TWICE.format(**named), article=SOURCE_CONTENT)
        seen.add(value.key)
        check_figures(found, where, value, amount_limited=value.key in limited)
    for outlet, pollutant in sorted(permitted - seen):
        text = _MISSING.format(outlet=outlet, pollutant=pollutant)
        found.add("/values", "value_missing", text, article=ARTICLE_REPORT, rests_on=_KEYS)


def check_figures(found: Findings, where: str, value: ValueFact, *, amount_limited: bool) -> None:
    """HJ 944-2018: a line has figures, or a no-data code; never both, never neither.

    The amount, with its method, is stated wherever the permit limits the yearly amount.
    """
    figures = {
        "concentration_max": value.concentration_max,
        "concentration_average": value.concentration_average,
        "amount_t": value.amount_t,
    }
    given = {name: figure for name, figure in figures.items() if figure is not None}
    for name, figure in given.items():
        if figure < 0:
            found.add(f"{where}/{name}", "negative_value", _NEGATIVE, article=ARTICLE_TRUTH)
        if value.no_data_code is not None:
            found.add(f"{where}/{name}", "value_beside_no_data_code", _BOTH, article=SOURCE_CONTENT)
    if value.no_data_code is not None:
        return
    if not given or (amount_limited and value.amount_t is None):
        looked_at = ("no_data_code",) if amount_limited else (*figures, "no_data_code")
        rests_on = tuple(f"{where}/{name}" for name in looked_at)
        found.add(f"{where}/amount_t", "value_blank", _BLANK, article=SOURCE_CONTENT, rests_on=rests_on)
    if value.amount_t is not None and value.method is None:
        found.add(f"{where}/method", "method_missing", _NO_METHOD, article=SOURCE_CONTENT)
    top, average = value.concentration_max, value.concentration_average
    if top is not None and average is not None and average > top:
        found.add(f"{where}/concentration_average", "average_above_maximum", _AVERAGE)


def check_plausible(
    found: Findings, limits: Iterable[LimitFact], values: Sequence[ValueFact], plausibility: Plausibility
) -> None:
    """条例 art. 37 (untrue reports): an amount far over a year's permitted total is an error, not a discharge."""
    yearly = {
        (limit.outlet_code, limit.pollutant_code): limit.value
        for limit in limits
        if limit.kind == "annual_amount"
    }
    for index, value in enumerate(values):
        limit = yearly.get(value.key)
        if limit is None or value.amount_t is None:
            continue
        if value.amount_t <= _EXACT.multiply(limit, plausibility.amount_factor):
            continue
        text = _IMPLAUSIBLE.format(
            amount=format(value.amount_t, "f"),
            limit=format(limit.normalize(_EXACT), "f"),
            factor=plausibility.amount_factor,
        )
        found.add(pointer("values", index, "amount_t"), "amount_implausible", text, article=ARTICLE_TRUTH)


def exceedances(limits: Iterable[LimitFact], values: Iterable[ValueFact]) -> list[Exceedance]:
    """The values over a concentration limit: maxima against hourly, averages against daily limits.

    A value equal to the limit complies. Yearly amounts are judged over the year, not here.
    """
    by_key = {value.key: value for value in values}
    found = []
    for limit in limits:
        value = by_key.get((limit.outlet_code, limit.pollutant_code))
        if value is None or limit.kind == "annual_amount":
            continue
        figure = (
            value.concentration_max if limit.kind == "hourly_concentration" else value.concentration_average
        )
        if figure is not None and figure > limit.value:
            found.append(
                Exceedance(*value.key, limit.kind, limit.value, figure, multiple_of(figure, limit.value))
            )
    return found


def multiple_of(figure: Decimal, limit: Decimal) -> Decimal:
    """超标倍数: (value − limit) / limit, to two places, half up."""
    ratio = _EXACT.divide(_EXACT.subtract(figure, limit), limit)
    return ratio.quantize(MULTIPLE_PLACES, ROUND_HALF_UP, _EXACT)


def check_explained(found: Findings, over: Sequence[Exceedance], explanation: str | None) -> None:
    """HJ 944-2018: a quarterly or annual report explains every exceedance (content of the report, from memory)."""
    if over and explanation is None:
        text = _EXPLAIN.format(count=len(over))
        found.add("/exceedance_explanation", "exceedance_unexplained", text, article=SOURCE_CONTENT)


def check_days(found: Findings, *, production_days: int, period_days: int) -> None:
    """HJ 944-2018: days of production lie within the period."""
    if production_days > period_days:
        found.add("/production_days", "too_many_days", _DAYS.format(days=period_days), article=SOURCE_CONTENT)

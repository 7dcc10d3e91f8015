"""What an execution report must satisfy, and the states it goes through. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736, in force 2021-03-01) art. 21-23 and 37; HJ 944-2018 (content of reports).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.permits.rules import LimitFact
from services.permits.reports.rules_limits import Key, Limits, key_of
from services.permits.reports.rules_units import EXACT

ARTICLE_REPORT = "排污许可管理条例 第二十二条"
ARTICLE_TRUTH = "排污许可管理条例 第二十二条、第三十七条"
SOURCE_CONTENT = "HJ 944-2018"
MULTIPLE_PLACES = Decimal("0.01")


class State(StrEnum):
    """States of a report, with the office's words."""

    SUBMITTED = "submitted"  # 已提交
    RETURNED = "returned"  # 退回修改
    ACCEPTED = "accepted"  # 审核通过
    REPUDIATED = "repudiated"  # 企业否认，待重新报送


class Step(StrEnum):
    """What can happen to a report after it was first submitted."""

    CORRECT = "correct"  # 更正
    RETURN = "return"  # 退回
    ACCEPT = "accept"  # 通过
    REPUDIATE = "repudiate"  # 否认


# A report that was not yet accepted can be corrected; whoever corrects in time is not punished for the error.
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.SUBMITTED, Step.CORRECT): State.SUBMITTED,
    (State.SUBMITTED, Step.RETURN): State.RETURNED,
    (State.SUBMITTED, Step.ACCEPT): State.ACCEPTED,
    (State.RETURNED, Step.CORRECT): State.SUBMITTED,
    # Whoever is named as the submitter may say that it was not; the period then owes a version that is signed anew.
    (State.SUBMITTED, Step.REPUDIATE): State.REPUDIATED,
    (State.RETURNED, Step.REPUDIATE): State.REPUDIATED,
    (State.ACCEPTED, Step.REPUDIATE): State.REPUDIATED,
    (State.REPUDIATED, Step.CORRECT): State.SUBMITTED,
}
REPUDIATION_DAYS = 30
"""As long a submission can be repudiated (40 CFR part 3 asks for the opportunity and names no days: configuration)."""


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))


def last_day_to_repudiate(submitted_on: date, days: int = REPUDIATION_DAYS) -> date:
    """40 CFR part 3 (memory): until when a submission can be repudiated, the day included."""
    return submitted_on + timedelta(days=days)


class ValueFact(NamedTuple):
    """One reported line: concentrations (in the unit of their limits), amount (t in the period), or why there are none.

    A qualifier says what a figure is: None or "=" itself, "<" and "<=" at most it (below the detection limit), ">",
    ">=" and "too_numerous" at least it, "estimated" as good as itself.
    """

    outlet_code: str
    pollutant_code: str
    concentration_max: Decimal | None
    concentration_average: Decimal | None
    amount_t: Decimal | None
    method: str | None
    no_data_code: str | None
    concentration_max_qualifier: str | None = None
    concentration_average_qualifier: str | None = None
    amount_qualifier: str | None = None
    volume_m3: Decimal | None = None
    rate_max: Decimal | None = None
    """Highest rate, kg/h."""
    rate_max_qualifier: str | None = None
    amount_named: str = "amount_t"
    """The member in which the amount was stated: `amount` where it came with a unit."""

    @property
    def key(self) -> tuple[str, str]:
        return self.outlet_code, self.pollutant_code


@dataclass(frozen=True, slots=True)
class Exceedance:
    """A value over its limit; `multiple` = (value − limit) / limit, rounded half up to two places (超标倍数).

    Of a total of the plant or of a group of its outlets (`scope`) the outlet is empty.
    """

    outlet_code: str
    pollutant_code: str
    kind: str
    limit: Decimal
    value: Decimal
    multiple: Decimal
    scope: str = "outlet"


_MISSING = Text(zh="缺少排放口{outlet}的{pollutant}", en="{pollutant} at outlet {outlet} is missing")
_UNKNOWN_OUTLET = Text(zh="许可证中没有排放口{outlet}", en="the permit has no outlet {outlet}")
_UNKNOWN_POLLUTANT = Text(
    zh="许可证中排放口{outlet}没有污染物{pollutant}", en="the permit has no {pollutant} at outlet {outlet}"
)
_TWICE = Text(zh="排放口{outlet}的{pollutant}重复", en="{pollutant} at outlet {outlet} appears twice")
NEGATIVE = Text(zh="不能为负数", en="must not be negative")
BLANK = Text(
    zh="应填报数值或无数据原因；空白不等于零", en="give figures or a no-data code; a blank is not a zero"
)
_BOTH = Text(zh="已填无数据原因，不应再填数值", en="a no-data code excludes figures")
_NO_FIGURE = Text(
    zh="填写了限定符而没有数值；空白不等于零", en="a qualifier needs its figure; a blank is not a zero"
)
_NO_METHOD = Text(zh="应说明排放量的核算方法", en="the method of the amount is missing")
_EXPLAIN = Text(
    zh="有{count}项超过许可限值，应说明原因和处理情况",
    en="{count} values exceed their limits: explain the cause and what was done",
)
_KEYS = ("/values/*/outlet_code", "/values/*/pollutant_code")
_DAYS = Text(zh="生产天数不能多于报告期的{days}天", en="the period has only {days} days")


def check_values(found: Findings, limits: Sequence[LimitFact], values: Sequence[ValueFact]) -> None:
    """条例 art. 22, HJ 944-2018: every permitted outlet and pollutant is reported, once, and nothing else."""
    permitted = Limits.of(limits)
    seen: set[Key] = set()
    for index, value in enumerate(values):
        key, where = value.key, f"/values/{index}"
        if key not in permitted.keys:
            _add_unpermitted(found, where, value, permitted)
        elif key in seen:
            text = _TWICE.format(outlet=value.outlet_code, pollutant=value.pollutant_code)
            found.add(where, "value_repeated", text, article=SOURCE_CONTENT)
        seen.add(key)
        check_figures(found, where, value, amount_limited=key in permitted.yearly)
    for outlet, pollutant in sorted(permitted.keys - seen):
        text = _MISSING.format(outlet=outlet, pollutant=pollutant)
        found.add("/values", "value_missing", text, article=ARTICLE_REPORT, rests_on=_KEYS)


def _add_unpermitted(found: Findings, where: str, value: ValueFact, permitted: Limits) -> None:
    named = {"outlet": value.outlet_code, "pollutant": value.pollutant_code}
    if value.outlet_code not in permitted.outlets:
        text = _UNKNOWN_OUTLET.format(**named)
        found.add(f"{where}/outlet_code", "outlet_not_permitted", text, article=ARTICLE_REPORT)
    else:
        text = _UNKNOWN_POLLUTANT.format(**named)
        found.add(f"{where}/pollutant_code", "pollutant_not_permitted", text, article=ARTICLE_REPORT)


def check_figures(found: Findings, where: str, value: ValueFact, *, amount_limited: bool) -> None:
    """HJ 944-2018: a line has figures, or a no-data code; never both, never neither.

    The amount, with its method, is stated wherever the permit limits the yearly amount.
    """
    figures = (
        ("concentration_max", value.concentration_max),
        ("concentration_average", value.concentration_average),
        ("rate_max", value.rate_max),
        (value.amount_named, value.amount_t),
    )
    given = {name: figure for name, figure in figures if figure is not None}
    check_given(found, where, given, value.no_data_code)
    if value.no_data_code is not None:
        return
    if not given or (amount_limited and value.amount_t is None):
        of_amount = ("amount_t", "amount", "amount_unit", "no_data_code")
        looked_at = of_amount if amount_limited else (*(name for name, _ in figures), *of_amount)
        rests_on = tuple(f"{where}/{name}" for name in looked_at)
        found.add(
            f"{where}/{value.amount_named}", "value_blank", BLANK, article=SOURCE_CONTENT, rests_on=rests_on
        )
    if value.amount_t is not None and value.method is None:
        found.add(f"{where}/method", "method_missing", _NO_METHOD, article=SOURCE_CONTENT)
    for name, figure in figures:
        if figure is None and name != value.amount_named:
            _check_qualified(found, f"{where}/{name}", getattr(value, f"{name}_qualifier"))


def _check_qualified(found: Findings, where: str, qualifier: str | None) -> None:
    """HJ 944-2018: "<" without a number says nothing, and would be kept as a blank."""
    if qualifier not in (None, "="):
        rests_on = (f"{where}_qualifier",)
        found.add(where, "figure_missing", _NO_FIGURE, article=SOURCE_CONTENT, rests_on=rests_on)


def check_given(found: Findings, where: str, given: Mapping[str, Decimal], no_data_code: str | None) -> None:
    """条例 art. 37, HJ 944-2018: figures that were given are not below zero, and do not stand beside a no-data code."""
    for name, figure in given.items():
        if figure < 0:
            found.add(f"{where}/{name}", "negative_value", NEGATIVE, article=ARTICLE_TRUTH)
        if no_data_code is not None:
            found.add(f"{where}/{name}", "value_beside_no_data_code", _BOTH, article=SOURCE_CONTENT)


def exceedances(limits: Iterable[LimitFact], values: Iterable[ValueFact]) -> list[Exceedance]:
    """The values over a limit of concentration or rate: maxima against hourly, averages against daily limits.

    A value equal to the limit complies; a stricter promise binds as the limit does (条例 art. 13(5)); a range has two
    bounds. Yearly amounts are judged over the year, not here.
    """
    by_key = {value.key: value for value in values}
    found = []
    for limit, key, name, qualified in Limits.of(limits).held:
        value = by_key.get(key)
        if value is None:
            continue
        figure, qualifier = getattr(value, name), getattr(value, qualified)
        bound = limit.strictest
        if figure is not None and certainly_over(figure, qualifier, bound):
            found.append(Exceedance(*key, limit.kind, bound, figure, multiple_of(figure, bound)))
        elif limit.lower_value is not None and (least := _least(value)) is not None:
            lower = limit.lower_value
            if least < lower:
                found.append(Exceedance(*key, limit.kind, lower, least, multiple_of(lower, least, of=lower)))
    return found


def rates_shown(values: Iterable[ValueFact], recorded: Mapping[tuple[str, str], Decimal]) -> list[ValueFact]:
    """条例 art. 19, 27: where a line says no rate, the highest of the enterprise's own records (kg/h) is the rate."""
    return [
        value._replace(rate_max=recorded[value.key])
        if value.rate_max is None and value.key in recorded
        else value
        for value in values
    ]


def _least(value: ValueFact) -> Decimal | None:
    """The smallest figure that a line shows to have been: for ranges (pH). ">5" says nothing of the smallest."""
    shown = (
        (value.concentration_max, value.concentration_max_qualifier),
        (value.concentration_average, value.concentration_average_qualifier),
    )
    return min(
        (figure for figure, said in shown if figure is not None and said not in (">", ">=", "too_numerous")),
        default=None,
    )


def yearly_exceedances(limits: Iterable[LimitFact], values: Iterable[ValueFact]) -> list[Exceedance]:
    """条例 art. 34(1): the amounts of a whole year over the year's permitted amounts."""
    by_key = {value.key: value for value in values}
    found = []
    for limit in limits:
        value = by_key.get(key_of(limit))
        if limit.kind != "annual_amount" or value is None or value.amount_t is None:
            continue
        bound = limit.strictest
        if value.amount_t > bound:
            multiple = multiple_of(value.amount_t, bound)
            found.append(Exceedance(*value.key, limit.kind, bound, value.amount_t, multiple))
    return found


def kept(limits: Iterable[LimitFact], values: Iterable[ValueFact]) -> set[tuple[str, str, str]]:
    """条例 art. 27: the limits on concentrations and rates that a report shows to have been kept, no others."""
    by_key = {value.key: value for value in values}
    shown = set()
    for limit, key, name, qualified in Limits.of(limits).held:
        value = by_key.get(key)
        if value is None:
            continue
        figure, qualifier = getattr(value, name), getattr(value, qualified)
        above = figure is None or figure > limit.strictest or qualifier in (">", ">=", "too_numerous")
        lower = limit.lower_value
        below = lower is not None and ((least := _least(value)) is None or least < lower)
        if not above and not below:
            shown.add((*key, limit.kind))
    return shown


def certainly_over(figure: Decimal, qualifier: str | None, limit: Decimal) -> bool:
    """条例 art. 34: over the permitted value, whatever the figure stands for. "<500" proves nothing against 300."""
    if qualifier in ("<", "<="):
        return False
    return figure >= limit if qualifier in (">", "too_numerous") else figure > limit


def medium_of(outlet_code: str) -> str:
    """HJ 608-2017: DA is an outlet to air, DW one to water."""
    return "air" if outlet_code.startswith("DA") else "water"


def multiple_of(figure: Decimal, limit: Decimal, *, of: Decimal | None = None) -> Decimal:
    """超标倍数: (value − limit) / limit, to two places, half up; below a lower bound the distance to it, `of` it."""
    ratio = EXACT.divide(EXACT.subtract(figure, limit), limit if of is None else of)
    return ratio.quantize(MULTIPLE_PLACES, ROUND_HALF_UP, EXACT)


def check_explained(found: Findings, over: int, explanation: str | None) -> None:
    """HJ 944-2018: a quarterly or annual report explains every exceedance (content of the report, from memory)."""
    if over and explanation is None:
        text = _EXPLAIN.format(count=over)
        where = "/exceedance_explanation"
        rests_on = (
            *("/values/*/concentration_unit", "/values/*/rate_unit", "/totals/*/scope"),
            *("/special_values/*/outlet_code", "/special_values/*/pollutant_code"),
        )
        found.add(where, "exceedance_unexplained", text, article=SOURCE_CONTENT, rests_on=rests_on)


def check_days(found: Findings, *, production_days: int, period_days: int) -> None:
    """HJ 944-2018: days of production lie within the period."""
    if production_days > period_days:
        found.add("/production_days", "too_many_days", _DAYS.format(days=period_days), article=SOURCE_CONTENT)

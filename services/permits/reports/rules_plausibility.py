"""Figures that cannot be true, or that somebody has to explain. Pure: no clock, no database.

Source: 排污许可管理条例 art. 22 and 37: the holder answers for the truth of its report. The rules themselves are
ours: the national platform let 11.19 billion t of SO2 pass against a permitted 0.36 t. What is `hard` refuses; what is
`soft` needs a reason, which the reviewer sees; a `note` is shown only. Each rule looks at the permit's own limits and
figures, so that nothing is said that does not apply to this permit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.amounts.rules import ARTICLE_ORDER, Amount, deviation
from services.permits.permits.rules import LimitFact
from services.permits.reports.rules import (
    ARTICLE_REPORT,
    ARTICLE_TRUTH,
    ValueFact,
    certainly_over,
    medium_of,
)
from services.permits.reports.rules_limits import Key, Limits
from services.permits.reports.rules_units import EXACT, said

Severity = Literal["hard", "soft", "note", "off"]


class Figures(NamedTuple):
    """Those of an earlier report's line that a later one is compared with."""

    concentration_max: Decimal | None
    concentration_average: Decimal | None
    rate_max: Decimal | None
    amount_t: Decimal | None


FIGURES = Figures._fields
NO_QUANTITY = ("dimensionless", "grade")
"""Units of what does not tell how much was discharged: pH, 林格曼黑度."""
Earlier = Mapping[Key, Figures | ValueFact]


@dataclass(frozen=True, slots=True)
class Plausibility:
    """From where on a figure is not believed, and what follows. Ours, not the law's: all of it can be set
    (`STEPPE_PERMITS_PLAUSIBILITY_FILE`). A factor of 10³ is the commonest unit error."""

    amount_factor: Decimal = Decimal(10)
    amount: Severity = "hard"
    concentration_factor: Decimal = Decimal(1000)
    concentration: Severity = "soft"
    jump_factor: Decimal = Decimal(1000)
    jump: Severity = "soft"
    year_factor: Decimal = Decimal(2)
    year: Severity = "note"
    flow_tolerance: Decimal = Decimal("0.2")
    flow: Severity = "soft"
    all_zero: Severity = "soft"
    idle: Severity = "soft"
    average: Severity = "soft"
    undetermined: Severity = "soft"
    some_days: Severity = "soft"
    """That a figure is over a limit that held on some days of the period, and nothing shows of which day it is."""
    monitored: Severity = "soft"
    total: Severity = "soft"
    ledger_tolerance: Decimal = Decimal("0.05")
    """Share by which hours and quantities of a report may differ from those of the ledger."""
    ledger: Severity = "soft"
    ledger_gaps: Severity = "soft"
    fuel_tolerance: Decimal = Decimal("0.05")
    fuel: Severity = "soft"
    fuel_left: Decimal = Decimal("0.005")
    """Share of the fuel's sulphur that the best treatment leaves; less is looked at."""
    fuel_less: Severity = "note"
    tax_tolerance: Decimal = Decimal("0.05")
    """Share by which an amount may differ from the one declared for the environmental tax (no text names one)."""
    tax: Severity = "soft"
    tax_months: Severity = "note"
    """That a month's report waits for those of the rest of its quarter, which was declared for the tax as a whole."""
    tax_reduction: Severity = "note"
    """The law measures a reduced tax by the standard; we have the permit's limit, which may be stricter."""
    unstated: Severity = "note"
    """That a report does not show whether a rate, a yearly total or a special limit was kept."""
    parts: Severity = "note"
    """That an annual report lacks parts in words."""
    calculation_soft: Decimal = Decimal("0.01")
    calculation_hard: Decimal = Decimal("0.05")
    """Share by which a stated amount may differ from the one worked out (as EPA's CAERS has it, from memory)."""


@dataclass(slots=True)
class Judged:
    """What was found, by what follows from it."""

    hard: Findings = field(default_factory=Findings)
    soft: Findings = field(default_factory=Findings)
    note: Findings = field(default_factory=Findings)

    def at(self, severity: Severity) -> Findings:
        """Where a rule of this severity puts its findings; what is `off` goes nowhere."""
        return (
            Findings()
            if severity == "off"
            else {"hard": self.hard, "soft": self.soft, "note": self.note}[severity]
        )


_AVERAGE = Text(zh="平均值大于最大值", en="the average is above the maximum")
_AMOUNT = Text(
    zh="排放量{amount} t超过年许可排放量{limit} t的{factor}倍，请检查单位",
    en="{amount} t is more than {factor} times the permitted {limit} t a year; check the unit",
)
_CONCENTRATION = Text(
    zh="{figure}超过许可限值{limit}的{factor}倍，请检查单位",
    en="{figure} is more than {factor} times the limit of {limit}; check the unit",
)
_JUMP = Text(
    zh="与上期的{previous}相差{factor}倍以上，请检查单位",
    en="{factor} times or more away from {previous} of the period before; check the unit",
)
_YEAR = Text(
    zh="与上年同期的{previous} t相差{factor}倍以上",
    en="more than {factor} times away from {previous} t of last year",
)
_FLOW = Text(
    zh="与平均浓度×排放体积得出的{expected} t不符",
    en="does not agree with {expected} t by mean concentration × volume",
)
_MONITORED = Text(
    zh="低于自行监测记录的最大值{maximum}", en="below {maximum}, the highest of the self-monitoring records"
)
_MONITORED_ANYWAY = Text(
    zh="自行监测记录中有数据，最大值{maximum}", en="the self-monitoring records hold figures, up to {maximum}"
)
_METHOD = Text(zh="按所附数据应采用{method}方法核算", en="by the data given the method is {method}")
_CALCULATION = Text(
    zh="与按所附数据核算的{amount} t不符", en="differs from {amount} t, worked out from the data given"
)
_RATE = Text(
    zh="许可证规定了排放速率限值（kg/h），报告和自行监测记录均无速率",
    en="the permit limits the rate (kg/h), and neither the report nor the records say one",
)
_UNDETERMINED = Text(
    zh="{qualifier}{figure}无法判断是否超过许可限值{limit}",
    en="{qualifier}{figure} does not tell whether the limit of {limit} was kept",
)


def check_average(found: Findings, values: Sequence[ValueFact]) -> None:
    """条例 art. 22: an average above the maximum of the same period."""
    for index, value in enumerate(values):
        top, average = value.concentration_max, value.concentration_average
        if top is not None and average is not None and average > top:
            where = pointer("values", index, "concentration_average")
            found.add(where, "average_above_maximum", _AVERAGE, article=ARTICLE_TRUTH)


def check_amounts(
    found: Findings, limits: Iterable[LimitFact], values: Sequence[ValueFact], plausibility: Plausibility
) -> None:
    """条例 art. 37 (untrue reports): an amount far over a year's permitted total is an error, not a discharge."""
    yearly = Limits.of(limits).yearly
    for index, value in enumerate(values):
        known = yearly.get(value.key)
        if known is None or value.amount_t is None:
            continue
        limit = known.value
        if value.amount_t <= EXACT.multiply(limit, plausibility.amount_factor):
            continue
        text = _AMOUNT.format(
            amount=format(value.amount_t, "f"), limit=said(limit), factor=plausibility.amount_factor
        )
        where = pointer("values", index, value.amount_named)
        found.add(where, "amount_implausible", text, article=ARTICLE_TRUTH, rests_on=_units_of(index))


def check_concentrations(
    found: Findings, limits: Iterable[LimitFact], values: Sequence[ValueFact], plausibility: Plausibility
) -> None:
    """条例 art. 37: a concentration a thousand times its limit is a unit error until explained."""
    of_line = {value.key: (index, value) for index, value in enumerate(values)}
    for limit, key, name, _ in Limits.of(limits).held:
        line = of_line.get(key)
        if line is None:
            continue
        index, value = line
        figure: Decimal | None = getattr(value, name)
        if figure is not None and figure > EXACT.multiply(limit.value, plausibility.concentration_factor):
            text = _CONCENTRATION.format(
                figure=said(figure), limit=said(limit.value), factor=plausibility.concentration_factor
            )
            where = pointer("values", index, name)
            found.add(
                where, "concentration_implausible", text, article=ARTICLE_TRUTH, rests_on=_units_of(index)
            )


def check_jumps(
    found: Findings,
    values: Sequence[ValueFact],
    earlier: Earlier,
    plausibility: Plausibility,
) -> None:
    """条例 art. 37: a figure 10³ times the last period's, or a thousandth of it, is a unit error until explained."""
    for index, value in enumerate(values):
        before = earlier.get(value.key)
        for name in FIGURES if before is not None else ():
            figure, previous = getattr(value, name), getattr(before, name)
            low, high = _ordered(figure, previous)
            if low and high >= EXACT.multiply(low, plausibility.jump_factor):
                text = _JUMP.format(previous=said(previous), factor=plausibility.jump_factor)
                where = pointer("values", index, value.amount_named if name == "amount_t" else name)
                found.add(where, "figure_jumped", text, article=ARTICLE_TRUTH, rests_on=_units_of(index))


def check_last_year(
    found: Findings,
    values: Sequence[ValueFact],
    last_year: Earlier,
    plausibility: Plausibility,
) -> None:
    """条例 art. 37: an amount far from the same period of last year is worth a look."""
    for index, value in enumerate(values):
        before = last_year.get(value.key)
        previous = before.amount_t if before is not None else None
        low, high = _ordered(value.amount_t, previous)
        if previous is not None and low and high > EXACT.multiply(low, plausibility.year_factor):
            text = _YEAR.format(previous=said(previous), factor=plausibility.year_factor)
            where = pointer("values", index, value.amount_named)
            found.add(where, "differs_from_last_year", text, article=ARTICLE_TRUTH, rests_on=_units_of(index))


def check_flow(found: Findings, values: Sequence[ValueFact], plausibility: Plausibility) -> None:
    """MEE method, annex E: the amount is the sum of concentration × flow, ×10⁻⁹ for mg/m3 and ×10⁻⁶ for mg/L."""
    for index, value in enumerate(values):
        average, volume, amount = value.concentration_average, value.volume_m3, value.amount_t
        if average is None or volume is None or amount is None:
            continue
        scale = Decimal("1e-9") if medium_of(value.outlet_code) == "air" else Decimal("1e-6")
        expected = EXACT.multiply(EXACT.multiply(average, volume), scale)
        allowed = EXACT.multiply(max(expected, amount), plausibility.flow_tolerance)
        if abs(EXACT.subtract(expected, amount)) > allowed:
            where = pointer("values", index, value.amount_named)
            text = _FLOW.format(expected=said(expected))
            found.add(
                where, "amount_differs_from_flow", text, article=ARTICLE_TRUTH, rests_on=_units_of(index)
            )


Monitored = Mapping[Key, Mapping[str, Decimal]]
"""By outlet and pollutant, the highest figure of the self-monitoring records in each unit."""


def check_monitored(
    found: Findings, values: Sequence[ValueFact], monitored: Monitored, units: Mapping[Key, str]
) -> None:
    """条例 art. 19, 37: a report shows no less than the enterprise's own records do."""
    for index, value in enumerate(values):
        by_unit = monitored.get(value.key)
        if not by_unit:
            continue
        if value.no_data_code is not None:
            text = _MONITORED_ANYWAY.format(
                maximum=" / ".join(f"{said(by_unit[unit])} {unit}" for unit in by_unit)
            )
            where = pointer("values", index, "no_data_code")
            found.add(where, "monitored_anyway", text, article=ARTICLE_TRUTH)
            continue
        for name, unit in (("concentration_max", units.get(value.key)), ("rate_max", "kg/h")):
            top, qualifier = getattr(value, name), getattr(value, f"{name}_qualifier")
            maximum = by_unit.get(unit or "")
            if top is None or maximum is None or qualifier in (">", ">=", "too_numerous"):
                continue
            if top < maximum:
                text = _MONITORED.format(maximum=said(maximum))
                where = pointer("values", index, name)
                found.add(where, "below_monitored", text, article=ARTICLE_TRUTH, rests_on=_units_of(index))


def check_rates(found: Findings, limits: Iterable[LimitFact], values: Sequence[ValueFact]) -> None:
    """条例 art. 22: a report shows whether a limit on the rate (kg/h) was kept; `values` with what records show."""
    limited = Limits.of(limits).rates
    for index, value in enumerate(values):
        if value.key in limited and value.rate_max is None and value.no_data_code is None:
            where = pointer("values", index, "rate_max")
            found.add(where, "rate_not_stated", _RATE, article=ARTICLE_REPORT, rests_on=_units_of(index))


def check_determined(found: Findings, limits: Iterable[LimitFact], values: Sequence[ValueFact]) -> None:
    """条例 art. 22: a report shows whether the limits were kept; "<500" against 300 and ">200" against 300 do not."""
    of_line = {value.key: (index, value) for index, value in enumerate(values) if _is_qualified(value)}
    for limit, key, name, qualified in Limits.of(limits).held if of_line else ():
        line = of_line.get(key)
        if line is None:
            continue
        index, value = line
        figure, qualifier = getattr(value, name), getattr(value, qualified)
        bound = limit.strictest
        if figure is None or certainly_over(figure, qualifier, bound):
            continue
        below = qualifier in ("<", "<=") and figure > bound
        above = qualifier in (">", ">=", "too_numerous") and figure <= bound
        if below or above:
            sign = ">" if qualifier == "too_numerous" else qualifier
            text = _UNDETERMINED.format(qualifier=sign, figure=said(figure), limit=said(bound))
            where = pointer("values", index, name)
            found.add(
                where, "compliance_undetermined", text, article=ARTICLE_TRUTH, rests_on=_units_of(index)
            )


def _is_qualified(value: ValueFact) -> bool:
    said = (
        value.concentration_max_qualifier,
        value.concentration_average_qualifier,
        value.rate_max_qualifier,
    )
    return said != _UNQUALIFIED


_UNQUALIFIED = (None, None, None)


def check_calculations(
    judged: Judged,
    values: Sequence[ValueFact],
    worked_out: Mapping[int, Amount],
    plausibility: Plausibility,
) -> None:
    """环境保护税法 art. 10: a stated amount is the one that its own data give, by the means that comes first."""
    for index, amount in worked_out.items():
        value, where = values[index], pointer("values", index)
        rests_on = (f"{where}/calculation", *_units_of(index))
        if value.method is not None and value.method != amount.chosen.method:
            text = _METHOD.format(method=amount.chosen.method)
            at = f"{where}/method"
            judged.hard.add(at, "method_not_first", text, article=ARTICLE_ORDER, rests_on=rests_on)
        if value.amount_t is None:
            continue
        away = deviation(value.amount_t, amount.amount_t)
        if away > plausibility.calculation_soft:
            found = judged.at("hard" if away > plausibility.calculation_hard else "soft")
            text = _CALCULATION.format(amount=said(amount.amount_t))
            at = f"{where}/{value.amount_named}"
            found.add(at, "amount_differs_from_calculation", text, article=ARTICLE_ORDER, rests_on=rests_on)


def _ordered(one: Decimal | None, other: Decimal | None) -> tuple[Decimal, Decimal]:
    """The smaller and the larger of two figures; twice 0 where they are not two figures above zero."""
    if one is None or other is None:
        return _NOTHING
    low, high = (one, other) if one <= other else (other, one)
    return (low, high) if low > 0 else _NOTHING


_NOTHING = (Decimal(0), Decimal(0))


def _units_of(index: int) -> tuple[str, ...]:
    """What a figure's meaning rests on, beside itself."""
    names = (*FIGURES, "concentration_unit", "rate_unit", "amount", "amount_unit", "volume_m3")
    return tuple(pointer("values", index, name) for name in names)

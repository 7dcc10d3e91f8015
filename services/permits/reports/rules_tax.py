"""A report against what was declared for the environmental protection tax. Pure: no clock, no database.

Sources: 环境保护税法 (2018) art. 10 (amounts are worked out by the same means), art. 15, 20 (the two offices compare);
排污许可管理条例 art. 37 (truth of a report). All read; how far the two may differ is ours
(`Plausibility.tax_tolerance`). Reduced taxes: `rules_reductions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_totals import Total, added_up, all_say, lines_of
from services.permits.reports.rules_units import EXACT, said
from services.permits.taxes.rules import (
    ARTICLE_AMOUNT,
    ARTICLE_QUARTER,
    Declared,
    last_day,
)

_AMOUNT = Text(
    zh="与环境保护税申报的{pollutant}排放量{declared} t相差超过{share}%（报告为{reported} t）",
    en="{pollutant}: {reported} t differ by more than {share} % from the {declared} t that were declared for the tax",
)
_OF_MONTHS = Text(
    zh="与环境保护税申报的当季{pollutant}排放量{declared} t相差超过{share}%（三个月的报告合计{reported} t）",
    en=(
        "{pollutant}: {reported} t in the reports of the three months differ by more than {share} % from the "
        "{declared} t that were declared for the tax of the quarter"
    ),
)
_LACKING = Text(
    zh="该季度已申报环境保护税；{months}没有月度执行报告，三个月齐全后比对",
    en="the quarter was declared for the tax: compared once there are reports of {months} as well",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One pollutant in a report and in the tax; None: the report does not say how much."""

    pollutant_code: str
    reported_t: Decimal | None
    declared_t: Decimal
    levied_percent: int
    difference: Decimal | None
    """Share of the larger of the two, to four places."""
    agrees: bool | None
    where: str
    """The member of the report that says how much."""


@dataclass(frozen=True, slots=True)
class Month:
    """What the report of another month of the quarter says."""

    totals: Sequence[Total]
    values: Sequence[ValueFact]


def months_of(start: date, end: date) -> list[date]:
    """环境保护税法 art. 18: the first days of the months of the quarter that a month is of; none of another period."""
    if start.day != 1 or end != (start + timedelta(days=31)).replace(day=1) - timedelta(days=1):
        return []
    first = (start.month - 1) // 3 * 3 + 1
    return [date(start.year, month, 1) for month in range(first, first + 3)]


def declared_with(start: date, end: date) -> tuple[date, date]:
    """环境保护税法 art. 18: the days that a period is declared with: of a month its quarter, else the period itself."""
    months = months_of(start, end)
    return (months[0], last_day(start.year, months[2].month // 3)) if months else (start, end)


def compare(
    declared: Mapping[str, Declared],
    totals: Sequence[Total],
    values: Sequence[ValueFact],
    *,
    others: Sequence[Month] = (),
    tolerance: Decimal,
) -> list[Compared]:
    """环境保护税法 art. 10, 20: by pollutant, the amount of a report beside the one that was taxed.

    `others` are the other months of the quarter, where the report is of one month.
    """
    return [_compared(each, totals, values, others, tolerance) for _, each in sorted(declared.items())]


def _compared(
    each: Declared,
    totals: Sequence[Total],
    values: Sequence[ValueFact],
    others: Sequence[Month],
    tolerance: Decimal,
) -> Compared:
    reported, where = _reported(each.pollutant_code, totals, values)
    for other in others:
        more, _ = _reported(each.pollutant_code, other.totals, other.values)
        reported = None if reported is None or more is None else EXACT.add(reported, more)
    share = agrees = None
    if reported is not None:
        larger = max(reported, each.amount_t)
        away = EXACT.divide(abs(EXACT.subtract(reported, each.amount_t)), larger) if larger else Decimal(0)
        agrees, share = away <= tolerance, away.quantize(Decimal("0.0001"))
    return Compared(each.pollutant_code, reported, each.amount_t, each.levied_percent, share, agrees, where)


def _reported(
    pollutant: str, totals: Sequence[Total], values: Sequence[ValueFact]
) -> tuple[Decimal | None, str]:
    """The stated total of the plant, else what all its lines add up to; nothing is 0 where the lines say so."""
    for index, total in enumerate(totals):
        if (total.scope, total.pollutant_code) == ("plant", pollutant):
            return total.amount_t, pointer("totals", index, "amount_t")
    lines = lines_of("plant", pollutant, values, ())
    at = next((index for index, value in enumerate(values) if value.pollutant_code == pollutant), None)
    where = "/values" if at is None else pointer("values", at, values[at].amount_named)
    if not all_say(lines):
        return None, where
    return added_up(lines) or Decimal(0), where


def check_amounts(
    found: Findings, compared: Iterable[Compared], *, tolerance: Decimal, of_months: bool = False
) -> None:
    """环境保护税法 art. 10, 20: a report and a tax return of the same period tell of the same amount, as do the reports
    of three months and that of their quarter.
    """
    said_of = _OF_MONTHS if of_months else _AMOUNT
    for each in compared:
        if each.agrees is False and each.reported_t is not None:
            text = said_of.format(
                pollutant=each.pollutant_code,
                declared=said(each.declared_t),
                reported=said(each.reported_t),
                share=said(EXACT.multiply(tolerance, Decimal(100))),
            )
            rests_on = ("/values", "/totals")
            found.add(each.where, "amount_differs_from_tax", text, article=ARTICLE_AMOUNT, rests_on=rests_on)


def check_months(found: Findings, lacking: Sequence[date]) -> None:
    """环境保护税法 art. 18: the tax is declared by the quarter: a month is held against it together with the others."""
    months = [f"{each:%Y-%m}" for each in lacking]
    text = Text(
        zh=_LACKING.zh.format(months="、".join(months)), en=_LACKING.en.format(months=", ".join(months))
    )
    found.add("/values", "tax_month_lacking", text, article=ARTICLE_QUARTER)

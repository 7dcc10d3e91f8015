"""Yearly totals of the plant (全厂合计): what a report shows of them, and where they are over. Pure.

Sources: 排污许可管理条例 (Order 736) art. 13(5) (a permit limits the amounts of the plant and of groups of its
outlets), art. 34(1) (over the permitted amount); HJ 944-2018 (an annual report states the totals). What its lines add
up to is the least that a total can be: lines without an amount, and what escapes without an outlet, come on top.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.permits.rules import LimitFact
from services.permits.reports.rules import (
    ARTICLE_REPORT,
    ARTICLE_TRUTH,
    NEGATIVE,
    SOURCE_CONTENT,
    Exceedance,
    ValueFact,
    multiple_of,
)
from services.permits.reports.rules_plausibility import Plausibility
from services.permits.reports.rules_units import EXACT, said

NOTHING = ("no_discharge", "stopped_production")
"""No-data codes that say that nothing was discharged; every other one leaves the amount unknown."""

_NAMED = ("/totals/*/scope", "/totals/*/pollutant_code")
_AMOUNTS = tuple(
    f"/values/*/{name}" for name in ("outlet_code", "pollutant_code", "amount_t", "amount", "amount_unit")
)
_SCOPES = {
    "plant": Text(zh="全厂合计", en="the whole plant"),
    "main_outlets": Text(zh="主要排放口合计", en="all main outlets"),
    "general_outlets": Text(zh="一般排放口合计", en="all general outlets"),
    "fugitive": Text(zh="无组织排放", en="fugitive emissions"),
}
_TWICE = Text(zh="{scope}的{pollutant}重复", en="the total of {pollutant} ({scope_en}) appears twice")
_UNKNOWN = Text(zh="许可证中没有污染物{pollutant}", en="the permit has no {pollutant}")
_BELOW = Text(
    zh="合计{total} t小于所填各排放口之和{sum} t",
    en="{total} t is less than the {sum} t of the outlets' lines",
)
_AMOUNT = Text(
    zh="排放量{amount} t超过年许可合计{limit} t的{factor}倍，请检查单位",
    en="{amount} t is more than {factor} times the {limit} t a year that are permitted in total; check the unit",
)
_UNSTATED = Text(
    zh="许可证规定了{scope}的年许可排放量，报告未填报{pollutant}的合计，无法判断是否超过",
    en="the permit limits the yearly total of {pollutant} ({scope_en}), and the report does not show it",
)


@dataclass(frozen=True, slots=True)
class Total:
    """One total as it was stated, in tonnes over the period."""

    scope: str
    pollutant_code: str
    amount_t: Decimal


def check_totals(found: Findings, totals: Sequence[Total], pollutants: Collection[str]) -> None:
    """条例 art. 22, HJ 944-2018: each total once, of a pollutant that the permit has, and never below nothing."""
    seen = set()
    for index, each in enumerate(totals):
        if each.pollutant_code not in pollutants:
            where = pointer("totals", index, "pollutant_code")
            found.add(
                where,
                "pollutant_not_permitted",
                _UNKNOWN.format(pollutant=each.pollutant_code),
                article=ARTICLE_REPORT,
            )
        if (each.scope, each.pollutant_code) in seen:
            text = _TWICE.format(**_named(each.scope), pollutant=each.pollutant_code)
            where = pointer("totals", index)
            found.add(where, "total_repeated", text, article=SOURCE_CONTENT, rests_on=_NAMED)
        if each.amount_t < 0:
            found.add(pointer("totals", index, "amount_t"), "negative_value", NEGATIVE, article=ARTICLE_TRUTH)
        seen.add((each.scope, each.pollutant_code))


def lines_of(
    scope: str, pollutant: str, values: Iterable[ValueFact], main: Collection[str]
) -> list[ValueFact]:
    """条例 art. 13(5): the reported lines that are part of a total; what escapes without an outlet is of none."""
    return [
        value
        for value in values
        if value.pollutant_code == pollutant
        and scope != "fugitive"
        and (scope == "plant" or (value.outlet_code in main) == (scope == "main_outlets"))
    ]


def added_up(lines: Iterable[ValueFact]) -> Decimal | None:
    """条例 art. 21: the stated amounts of these lines, exactly; None where there is none."""
    amounts = [line.amount_t for line in lines if line.amount_t is not None]
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total if amounts else None


def is_whole(scope: str, lines: Collection[ValueFact]) -> bool:
    """Whether the lines are all that there is to a total. Of the plant they are not: what escapes comes on top."""
    return scope not in ("plant", "fugitive") and all_say(lines)


def all_say(lines: Collection[ValueFact]) -> bool:
    """条例 art. 21: whether each of these lines, one at least, says how much was discharged, if nothing."""
    return bool(lines) and all(line.amount_t is not None or line.no_data_code in NOTHING for line in lines)


def check_sums(
    found: Findings,
    totals: Sequence[Total],
    values: Sequence[ValueFact],
    main: Collection[str],
    plausibility: Plausibility,
) -> None:
    """条例 art. 37 (untrue reports): a total is no less than its parts, but for rounding."""
    for index, each in enumerate(totals):
        parts = added_up(lines_of(each.scope, each.pollutant_code, values, main))
        share = EXACT.subtract(Decimal(1), plausibility.calculation_soft)
        if parts is not None and each.amount_t < EXACT.multiply(parts, share):
            text = _BELOW.format(total=said(each.amount_t), sum=said(parts))
            rests_on = (*_NAMED, *_AMOUNTS)
            where = pointer("totals", index, "amount_t")
            found.add(where, "total_below_sum", text, article=ARTICLE_TRUTH, rests_on=rests_on)


def check_magnitude(
    found: Findings,
    limits: Iterable[LimitFact],
    totals: Sequence[Total],
    values: Sequence[ValueFact],
    main: Collection[str],
    plausibility: Plausibility,
) -> None:
    """条例 art. 37: 11.19 billion t against 0.36 t: far over a permitted total is a unit error, not a discharge."""
    for limit in limits:
        most = EXACT.multiply(limit.value, plausibility.amount_factor)
        text = _AMOUNT.format(amount="{amount}", limit=said(limit.value), factor=plausibility.amount_factor)
        of_limit = lines_of(limit.scope, limit.pollutant_code, values, main)
        for index, value in enumerate(values):
            where = pointer("values", index, value.amount_named)
            known = any(error.pointer == where for error in found.errors)
            if value in of_limit and not known and value.amount_t is not None and value.amount_t > most:
                said_so = text.format(amount=said(value.amount_t))
                found.add(where, "amount_implausible", said_so, article=ARTICLE_TRUTH, rests_on=_AMOUNTS)
        for index, each in enumerate(totals):
            if (each.scope, each.pollutant_code) == (
                limit.scope,
                limit.pollutant_code,
            ) and each.amount_t > most:
                where = pointer("totals", index, "amount_t")
                said_so = text.format(amount=said(each.amount_t))
                found.add(where, "amount_implausible", said_so, article=ARTICLE_TRUTH, rests_on=_NAMED)


@dataclass(slots=True)
class Yearly:
    """What a year's report says of the permitted totals."""

    over: list[Exceedance]
    kept: set[tuple[str, str, str]]
    """By scope, pollutant and kind."""


def yearly(
    found: Findings,
    limits: Iterable[LimitFact],
    totals: Sequence[Total],
    values: Sequence[ValueFact],
    main: Collection[str],
) -> Yearly:
    """条例 art. 34(1): the year's totals over the permitted ones; equal complies. What a report does not show of them
    goes to `found` (条例 art. 22)."""
    stated = {(each.scope, each.pollutant_code): each.amount_t for each in totals}
    result = Yearly([], set())
    for limit in limits:
        key = (limit.scope, limit.pollutant_code)
        lines = lines_of(*key, values, main)
        total = stated.get(key, added_up(lines))
        bound = limit.strictest
        if total is not None and total > bound:
            multiple = multiple_of(total, bound)
            result.over.append(
                Exceedance("", limit.pollutant_code, limit.kind, bound, total, multiple, scope=limit.scope)
            )
        elif key in stated or (total is not None and is_whole(limit.scope, lines)):
            result.kept.add((limit.scope, limit.pollutant_code, limit.kind))
        else:
            text = _UNSTATED.format(**_named(limit.scope), pollutant=limit.pollutant_code)
            found.add("/totals", "total_not_stated", text, article=ARTICLE_REPORT, rests_on=("/values",))
    return result


def _named(scope: str) -> dict[str, str]:
    """A total in the words of each language."""
    return {"scope": _SCOPES[scope].zh, "scope_en": _SCOPES[scope].en}

"""How much will have been discharged by the end of the year (年末预测). Pure: no clock, no database.

The method is ours; no rule sets one. Three estimates, each of which can be checked with a pocket calculator:

- `seasonal`: what the missing months had last year, at this year's level (this year over last year in the months
  reported);
- `production_days`: this year's amount per day of production, over the days of production still to come (those of the
  same months last year; without them, this year's share of the calendar);
- `last_year`: what the missing months had last year, as it was.

The forecast is the first of them that can be made, in this order; the least and the greatest of all are its bounds.
None is below what was reported already.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

MONTHS = frozenset(range(1, 13))
_EXACT = Context(prec=60)
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Period:
    """What one report says of some months of a year."""

    months: frozenset[int]
    amount_t: Decimal
    production_days: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate of the year, with its sum as it would be written down."""

    method: str
    amount_t: Decimal
    working: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """The year's end: expected, and between which bounds; `missing` months are estimated."""

    expected_t: Decimal
    low_t: Decimal
    high_t: Decimal
    method: str
    missing: tuple[int, ...]
    estimates: tuple[Estimate, ...]


def tiling(months: frozenset[int], periods: Iterable[Period]) -> list[Period] | None:
    """Periods that together make up just these months, the longest first; None where there are none such."""
    chosen, left = [], months
    for period in sorted(periods, key=lambda each: (-len(each.months), min(each.months))):
        if period.months and period.months <= left:
            chosen.append(period)
            left -= period.months
    return chosen if not left else None


def counted(periods: Iterable[Period]) -> list[Period]:
    """The periods that count once each: the longest first (an annual report stands for its quarters), none twice."""
    chosen: list[Period] = []
    for period in sorted(periods, key=lambda each: (-len(each.months), min(each.months, default=0))):
        if all(period.months.isdisjoint(other.months) for other in chosen):
            chosen.append(period)
    return chosen


def forecast(year: int, this_year: Sequence[Period], last_year: Sequence[Period]) -> Forecast | None:
    """The year's end from the reports of this year and of the last; None where neither says anything of it."""
    reported = counted(this_year)
    known = frozenset[int]().union(*(each.months for each in reported))
    so_far, missing = total(reported), MONTHS - known
    estimates: list[Estimate] = []
    if reported and not missing:
        estimates = [Estimate("reported", _rounded(so_far), f"{plain(so_far)} t")]
    elif missing:
        facts = _Facts(year, so_far, sum(each.production_days for each in reported), known, last_year)
        made = (method(facts) for method in METHODS)
        estimates = [each for each in made if each is not None]
    if not estimates:
        return None
    amounts = [each.amount_t for each in estimates]
    return Forecast(
        estimates[0].amount_t,
        min(amounts),
        max(amounts),
        estimates[0].method,
        tuple(sorted(missing)),
        tuple(estimates),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    year: int
    so_far: Decimal
    days: int
    known: frozenset[int]
    last_year: Sequence[Period]

    @property
    def missing(self) -> frozenset[int]:
        return MONTHS - self.known

    def calendar_days(self, months: Iterable[int]) -> int:
        return sum(calendar.monthrange(self.year, month)[1] for month in months)


def _seasonal(facts: _Facts) -> Estimate | None:
    then, rest = tiling(facts.known, facts.last_year), tiling(facts.missing, facts.last_year)
    if not facts.known or then is None or rest is None or not total(then):
        return None
    more = _EXACT.divide(_EXACT.multiply(total(rest), facts.so_far), total(then))
    working = f"{plain(facts.so_far)} + {plain(total(rest))} × {plain(facts.so_far)} ÷ {plain(total(then))}"
    return _estimate("seasonal", facts.so_far, more, working)


def _production_days(facts: _Facts) -> Estimate | None:
    if not facts.known or not facts.days:
        return None
    rest = tiling(facts.missing, facts.last_year)
    if rest is not None:
        days = Decimal(sum(each.production_days for each in rest))
        to_come = f"{days}"
    else:
        share, left = facts.calendar_days(facts.known), facts.calendar_days(facts.missing)
        days = _EXACT.divide(Decimal(facts.days * left), Decimal(share))
        to_come = f"({facts.days} ÷ {share} × {left})"
    more = _EXACT.divide(_EXACT.multiply(facts.so_far, days), Decimal(facts.days))
    working = f"{plain(facts.so_far)} + {plain(facts.so_far)} ÷ {facts.days} d × {to_come} d"
    return _estimate("production_days", facts.so_far, more, working)


def _last_year(facts: _Facts) -> Estimate | None:
    rest = tiling(facts.missing, facts.last_year)
    if rest is None:
        return None
    return _estimate("last_year", facts.so_far, total(rest), f"{plain(facts.so_far)} + {plain(total(rest))}")


METHODS: tuple[Callable[[_Facts], Estimate | None], ...] = (_seasonal, _production_days, _last_year)


def _estimate(method: str, so_far: Decimal, more: Decimal, working: str) -> Estimate:
    amount = _rounded(_EXACT.add(so_far, more))
    return Estimate(method, amount, f"{working} = {plain(amount)} t")


def total(periods: Iterable[Period]) -> Decimal:
    """What the periods discharged together, exactly."""
    amount = Decimal(0)
    for period in periods:
        amount = _EXACT.add(amount, period.amount_t)
    return amount


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_PLACES, ROUND_HALF_UP, _EXACT)


def plain(amount: Decimal) -> str:
    """A figure as it is written down: no exponent, no zeros at the end."""
    text = format(amount, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text

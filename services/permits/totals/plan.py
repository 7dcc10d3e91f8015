"""How a city stands against its plan's reduction. Pure: no clock, no database.

Source: the plan's indicators (主要污染物排放总量减少比例, against the base year, by the last year). What is allowed
in the years between is a straight line from the base year: ours, the plan states the last year only.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

_EXACT = Context(prec=50)
_PLACES = Decimal("0.000001")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the plan asks by a year and what was reached; None where a figure that it takes is not known."""

    required_percent: Decimal | None
    allowed_t: Decimal | None
    reached_percent: Decimal | None
    on_track: bool | None


def standing(
    *,
    base_year: int,
    last_year: int,
    year: int,
    percent: Decimal | None,
    base_t: Decimal | None,
    actual_t: Decimal | None,
) -> Standing:
    """规划指标: reduction of `actual_t` against `base_t`, beside what a straight line asks by `year`."""
    required = None if percent is None else _share(percent, base_year, last_year, year)
    allowed = reached = None
    if base_t:
        if required is not None:
            left = _EXACT.subtract(_HUNDRED, required)
            allowed = _rounded(_EXACT.divide(_EXACT.multiply(base_t, left), _HUNDRED))
        if actual_t is not None:
            saved = _EXACT.multiply(_EXACT.subtract(base_t, actual_t), _HUNDRED)
            reached = _rounded(_EXACT.divide(saved, base_t))
    on_track = None if allowed is None or actual_t is None else actual_t <= allowed
    return Standing(required and _rounded(required), allowed, reached, on_track)


def _share(percent: Decimal, base_year: int, last_year: int, year: int) -> Decimal:
    passed = min(max(year - base_year, 0), last_year - base_year)
    return _EXACT.divide(_EXACT.multiply(percent, Decimal(passed)), Decimal(last_year - base_year))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, ROUND_HALF_UP, _EXACT)

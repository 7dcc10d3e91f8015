"""The limits of a permit as a report is held against them. Pure: no clock, no database.

Source: 排污许可管理条例 (Order 736) art. 13 (what a permit limits, and in which units).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from services.permits.permits.rules import LimitFact

CONCENTRATIONS = {
    "hourly_concentration": "concentration_max",
    "daily_concentration": "concentration_average",
    "concentration": "concentration_max",
    "instant_value": "concentration_max",
    "grade": "concentration_max",
}
"""Which reported figure is held against which kind of limit; a grade (林格曼) is reported as its number."""
CONCENTRATION_FIGURES = tuple(dict.fromkeys(CONCENTRATIONS.values()))
_MEANS_OVER = ("day", "week", "month", "year")
Key = tuple[str, str]
"""Outlet and pollutant."""


class Held(NamedTuple):
    """A limit and the reported figure that is held against it, with the name of that figure's qualifier."""

    limit: LimitFact
    key: Key
    figure: str
    qualifier: str


class Limits(tuple[LimitFact, ...]):
    """Limits with what the rules ask of them, worked out once: those of a permit version never change."""

    @classmethod
    def of(cls, limits: Iterable[LimitFact]) -> Limits:
        return limits if isinstance(limits, cls) else cls(limits)

    @cached_property
    def keys(self) -> frozenset[Key]:
        """条例 art. 22: what is to be reported."""
        return frozenset(map(key_of, self))

    @cached_property
    def outlets(self) -> frozenset[str]:
        return frozenset(limit.outlet_code for limit in self)

    @cached_property
    def yearly(self) -> Mapping[Key, LimitFact]:
        """Of the amounts of a year."""
        return {key_of(limit): limit for limit in self if limit.kind == "annual_amount"}

    @cached_property
    def rates(self) -> frozenset[Key]:
        """Where a rate (kg/h) is limited."""
        return frozenset(key_of(limit) for limit in self if limit.kind == "emission_rate")

    @cached_property
    def units(self) -> Mapping[Key, str]:
        """条例 art. 13: the unit in which each pollutant's concentration is limited."""
        return {key_of(limit): limit.unit for limit in self if limit.kind in CONCENTRATIONS}

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """Those of concentrations and rates."""
        named = ((limit, figure_for(limit)) for limit in self)
        return tuple(
            Held(limit, key_of(limit), figure, f"{figure}_qualifier") for limit, figure in named if figure
        )


def key_of(limit: LimitFact) -> Key:
    """条例 art. 13: a permit limits a pollutant at an outlet."""
    return limit.outlet_code, limit.pollutant_code


def figure_for(limit: LimitFact) -> str | None:
    """条例 art. 13: the reported figure that a limit is held against: the mean where it is one of a day or longer."""
    if (
        limit.kind == "concentration"
        and limit.averaging is not None
        and limit.averaging.period in _MEANS_OVER
    ):
        return "concentration_average"
    return "rate_max" if limit.kind == "emission_rate" else CONCENTRATIONS.get(limit.kind)


NO_LIMITS = Limits()

"""Factors by year, and the deadlines of the report: the city's own file or the shipped one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from services.kit.configuration import ConfigurationError, read_toml, validated

SHIPPED = Path(__file__).with_name("data") / "factors.toml"
_Text = Annotated[str, Field(min_length=1, max_length=300)]
_Figure = Annotated[Decimal, Field(gt=0, le=10**6, allow_inf_nan=False)]
_Year = Annotated[int, Field(ge=2000, le=2100)]


class FactorsError(ConfigurationError):
    """The file of factors cannot be used; its text says why."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Combustion(_Entry):
    """Defaults of one fuel from a year on: GJ per unit, tC/GJ, oxidised share."""

    fuel: str
    from_year: _Year
    ncv: _Figure
    cc: _Figure
    of: Annotated[Decimal, Field(gt=0, le=1)]
    note: _Text

    @property
    def about(self) -> str:
        return self.fuel


class Bought(_Entry):
    """tCO2 per unit of bought energy from a year on."""

    fuel: str
    from_year: _Year
    factor: _Figure
    note: _Text

    @property
    def about(self) -> str:
        return self.fuel


class Warming(_Entry):
    """tCO2e per tonne of a gas from a year on."""

    gas: str
    from_year: _Year
    factor: _Figure
    note: _Text

    @property
    def about(self) -> str:
        return self.gas


class NotCounted(_Entry):
    """A fuel whose CO2 is not counted."""

    fuel: str
    note: _Text


class Reporting(_Entry):
    """From which year of emissions on there are reports, by when one is due, how long records are kept, when a
    verification is fed back."""

    first_year: int = Field(default=2013, ge=2000, le=2100)
    first_year_note: _Text = "memory"
    due_month: int = Field(ge=1, le=12)
    due_day: int = Field(ge=1, le=31)
    due_note: _Text
    records_years: int = Field(ge=5, le=50)
    records_note: _Text
    feedback_working_days: int = Field(ge=1, le=60)
    feedback_note: _Text


Dated = TypeVar("Dated", Combustion, Bought, Warming)


class Factors(_Entry):
    """The whole file."""

    edition: _Text
    edition_note: _Text
    reporting: Reporting
    combustion: tuple[Combustion, ...]
    bought: tuple[Bought, ...]
    not_counted: tuple[NotCounted, ...] = ()
    gwp: tuple[Warming, ...]


def in_year(factors: Iterable[Dated], about: str, year: int) -> Dated | None:
    """The newest value that is used for emissions of `year`; None before the first."""
    begun = [each for each in factors if each.about == about and each.from_year <= year]
    return max(begun, key=lambda each: each.from_year, default=None)


@lru_cache(maxsize=8)
def load(path: Path | None = None) -> Factors:
    """The factors of a file, or the shipped ones; FactorsError where they are not in their form."""
    content: dict[str, Any] = read_toml(path or SHIPPED, FactorsError)
    return validated(Factors, content, FactorsError)

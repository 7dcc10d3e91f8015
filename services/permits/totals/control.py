"""What is controlled, what replaces what, what the plans ask for: dated data, the city's own file or ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.kit.configuration import ConfigurationError, read_toml, validated

SHIPPED = Path(__file__).with_name("data") / "control.toml"
EVERY = "*"
_Figure = Annotated[Decimal, Field(gt=0, le=10**9, allow_inf_nan=False)]
_Text = Annotated[str, Field(min_length=1, max_length=500)]


class ControlError(ConfigurationError):
    """The file of total-emission control cannot be used; its text says why."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Pollutant(_Entry):
    """A controlled pollutant; `codes` are those of HJ 212 whose permitted and reported amounts count for it."""

    zh: _Text
    en: _Text
    medium: Literal["air", "water"]
    codes: tuple[Annotated[str, Field(pattern=r"^[a-z]\d{5}$")], ...] = Field(min_length=1)
    note: _Text


class Replacement(_Entry):
    """The ratio of a replacement from a day on; of one pollutant, or of all (`*`)."""

    pollutant: str
    since: date = Field(alias="from")
    ratio: Annotated[Decimal, Field(ge=1, le=10, allow_inf_nan=False)]
    note: _Text


class Target(_Entry):
    """What a plan asks of one pollutant by its last year, against its base year."""

    plan: _Text
    pollutant: str
    first_year: int = Field(ge=2000, le=2100)
    last_year: int = Field(ge=2000, le=2100)
    base_year: int = Field(ge=2000, le=2100)
    reduction_percent: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    project_reduction_t: _Figure | None = None
    base_t: _Figure | None = None
    stated: _Text
    note: _Text

    @model_validator(mode="after")
    def _in_order(self) -> Target:
        if not self.base_year < self.first_year <= self.last_year:
            raise ValueError("base_year, first_year, last_year are not in order")
        return self


class Control(_Entry):
    """The whole file."""

    pollutants: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,30}$")], Pollutant]
    replacement: tuple[Replacement, ...]
    targets: tuple[Target, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Control:
        named = {each.pollutant for each in self.replacement} | {each.pollutant for each in self.targets}
        if unknown := named - self.pollutants.keys() - {EVERY}:
            raise ValueError(f"no such pollutants: {sorted(unknown)}")
        codes = [code for each in self.pollutants.values() for code in each.codes]
        if len(codes) != len(set(codes)):
            raise ValueError("a code counts for two pollutants")
        if not any(each.pollutant == EVERY for each in self.replacement):
            raise ValueError("no ratio for every pollutant (`*`)")
        return self

    def of_code(self) -> dict[str, str]:
        """The controlled pollutant that each code of HJ 212 counts for."""
        return {code: name for name, each in self.pollutants.items() for code in each.codes}

    def ratio_on(self, pollutant: str, day: date) -> Replacement | None:
        """The newest ratio that holds on `day`: the pollutant's own before that of all. None before the first."""
        for name in (pollutant, EVERY):
            begun = [each for each in self.replacement if each.pollutant == name and each.since <= day]
            if begun:
                return max(begun, key=lambda each: each.since)
        return None

    def targets_in(self, year: int) -> list[Target]:
        """The targets of the plans that run in `year`."""
        return [each for each in self.targets if each.first_year <= year <= each.last_year]


@lru_cache(maxsize=8)
def load(path: Path | None = None) -> Control:
    """The control data of a file, or the shipped ones; ControlError where they are not in their form."""
    content: dict[str, Any] = read_toml(path or SHIPPED, ControlError)
    return validated(Control, content, ControlError)


_present: list[Path | None] = [None]


def use(path: Path | None) -> None:
    """Has this process go by a city's file; without one, by what ships. Raises `ControlError`."""
    load(path)
    _present[:] = [path]


def control() -> Control:
    """What holds in this process."""
    return load(_present[-1])

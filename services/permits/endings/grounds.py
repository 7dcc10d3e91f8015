"""The legal grounds of ends as dated data (`data/endings.toml`): another article is one more entry."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.kit.configuration import ConfigurationError, read_toml, validated
from services.kit.texts import Text
from services.permits.endings.rules import OPEN, Ground, Kind, Standing

PATH = Path(__file__).with_name("data") / "endings.toml"


class GroundsInvalid(ConfigurationError):  # noqa: N818 - reads as the sentence it is
    """The table of grounds cannot be used."""


class _Ground(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    kind: Kind
    article: str
    zh: str
    en: str
    after: list[Standing] = Field(min_length=1)
    bar_years: int = Field(default=0, ge=0)
    in_force_from: date
    seen: Literal["verified", "memory"]

    @model_validator(mode="after")
    def _opens_nothing_new(self) -> _Ground:
        if not OPEN[self.kind].issuperset(self.after):
            raise ValueError(f"{self.name}: {self.kind} does not follow all of {self.after}")
        return self


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    hearing_working_days: int = Field(ge=0, le=60)
    statement_working_days: int = Field(default=5, ge=0, le=60)
    hearing_notice_working_days: int = Field(ge=0, le=60)
    ground: list[_Ground]

    @model_validator(mode="after")
    def _named_once(self) -> _Table:
        names = [each.name for each in self.ground]
        if len(set(names)) < len(names):
            raise ValueError("two grounds have the same name")
        return self


class Grounds:
    """Every ground by name, and how long a holder may ask to be heard."""

    def __init__(self, table: _Table) -> None:
        self.hearing_working_days = table.hearing_working_days
        self.statement_working_days = table.statement_working_days
        self.hearing_notice_working_days = table.hearing_notice_working_days
        self.seen = {each.name: each.seen for each in table.ground}
        self.by_name = MappingProxyType(
            {
                each.name: Ground(
                    each.name,
                    each.kind,
                    each.article,
                    Text(zh=each.zh, en=each.en),
                    frozenset(each.after),
                    each.bar_years,
                    each.in_force_from,
                )
                for each in table.ground
            }
        )

    def of(self, kind: str, name: str, day: date) -> Ground | None:
        """The ground of that name, where it serves this kind of end and is law on `day`."""
        ground = self.by_name.get(name)
        return ground if ground and ground.kind == kind and ground.in_force_from <= day else None


def load(path: Path = PATH) -> Grounds:
    return Grounds(validated(_Table, read_toml(path, GroundsInvalid), GroundsInvalid))


@lru_cache(maxsize=1)
def grounds() -> Grounds:
    """The shipped table, read once per process."""
    return load()

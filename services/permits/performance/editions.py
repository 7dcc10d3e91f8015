"""The editions of the performance grading, as dated data: the city's own file or the shipped one."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.kit.configuration import ConfigurationError, read_toml, validated

SHIPPED = Path(__file__).with_name("data") / "editions.toml"
_Text = Annotated[str, Field(min_length=1, max_length=300)]
_Class = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z_+-]{0,19}$")]


class EditionsError(ConfigurationError):
    """The file of editions cannot be used; its text says why."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scheme(_Entry):
    """Classes, best first; `exempt` ones may take no measure; `default` holds where none was given."""

    classes: tuple[_Class, ...] = Field(min_length=2)
    exempt: tuple[_Class, ...] = ()
    default: _Class
    note: _Text

    @model_validator(mode="after")
    def _known(self) -> Scheme:
        if not {*self.exempt, self.default} <= set(self.classes):
            raise ValueError("exempt and default are among the classes")
        if len(set(self.classes)) != len(self.classes):
            raise ValueError("a class is listed twice")
        return self


class Edition(_Entry):
    """One edition: its schemes, and which sector goes by which."""

    edition: _Text
    name: _Text
    note: _Text
    in_force_from: date
    notice_working_days: int = Field(ge=1, le=60)
    level: Literal["county", "league", "region"]
    schemes: dict[str, Scheme]
    sectors: dict[_Text, str]

    @model_validator(mode="after")
    def _schemes_known(self) -> Edition:
        if unknown := set(self.sectors.values()) - self.schemes.keys():
            raise ValueError(f"no such schemes: {sorted(unknown)}")
        return self

    def scheme_of(self, sector: str) -> Scheme | None:
        """The scheme of a sector; None where the edition has no such sector."""
        name = self.sectors.get(sector)
        return self.schemes[name] if name else None


class Editions(_Entry):
    """The whole file."""

    editions: tuple[Edition, ...] = Field(min_length=1)

    def on(self, day: date) -> Edition | None:
        """The edition in force on `day`; None before the first."""
        begun = [each for each in self.editions if each.in_force_from <= day]
        return max(begun, key=lambda each: each.in_force_from, default=None)

    def named(self, edition: str) -> Edition | None:
        return next((each for each in self.editions if each.edition == edition), None)


@lru_cache(maxsize=8)
def load(path: Path | None = None) -> Editions:
    """The editions of a file, or the shipped ones; EditionsError where they are not in their form."""
    content: dict[str, Any] = read_toml(path or SHIPPED, EditionsError)
    return validated(Editions, content, EditionsError)

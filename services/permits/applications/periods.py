"""Periods that are configuration: `data/periods.toml`, dated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from services.kit.configuration import ConfigurationError, read_toml, validated
from services.permits.applications.rules import Kind
from services.permits.applications.rules_clocks import Period, Remedies
from services.permits.applications.rules_disclosure import Elsewhere, PreDisclosure
from services.permits.applications.rules_supplements import SewagePlants

SHIPPED = Path(__file__).with_name("data") / "periods.toml"


class PeriodsError(ConfigurationError):
    """The file of periods cannot be used; its text says why."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: date
    working_days: int = Field(ge=1, le=200)
    basis: str = Field(min_length=1)
    note: str = Field(min_length=1)


class _Disclosure(_Entry):
    management_classes: frozenset[str]
    kinds: frozenset[Kind]
    elsewhere: Elsewhere


class _SewagePlants(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: date
    industries: tuple[str, ...] = Field(min_length=1)
    kinds: frozenset[Kind]
    basis: str = Field(min_length=1)
    note: str = Field(min_length=1)


class _Remedies(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: date
    reconsideration_days: int = Field(ge=1, le=365)
    litigation_months: int = Field(ge=1, le=60)
    basis: str = Field(min_length=1)
    note: str = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    change: list[_Entry] = Field(min_length=1)
    pre_disclosure: list[_Disclosure] = []
    remedies: list[_Remedies] = Field(min_length=1)
    sewage_plants: list[_SewagePlants] = []


E = TypeVar("E", bound=_Entry | _Remedies | _SewagePlants)


class Periods:
    """The periods of one installation, by the day."""

    def __init__(self, content: _File) -> None:
        self._content = content

    def change_on(self, day: date) -> Period:
        """How long the decision on a change may take; before the first entry, the first."""
        entry = _newest(self._content.change, day) or self._content.change[0]
        return Period(entry.working_days, entry.basis)

    def pre_disclosure_on(self, day: date) -> PreDisclosure | None:
        """What has to be disclosed before an application; None where nothing had to."""
        entry = _newest(self._content.pre_disclosure, day)
        if entry is None:
            return None
        return PreDisclosure(
            entry.working_days, entry.management_classes, entry.kinds, entry.elsewhere, entry.basis
        )

    def sewage_plants_on(self, day: date) -> SewagePlants | None:
        """Who states its catchment with an application; None where nobody had to."""
        entry = _newest(self._content.sewage_plants, day)
        return SewagePlants(entry.industries, entry.kinds, entry.basis) if entry else None

    def remedies_on(self, day: date) -> Remedies:
        """How long a decision that is received on `day` may be challenged; before the first entry, the first."""
        entry = _newest(self._content.remedies, day) or self._content.remedies[0]
        return Remedies(entry.reconsideration_days, entry.litigation_months, entry.basis)


def _newest(entries: Iterable[E], day: date) -> E | None:
    begun = [each for each in entries if each.since <= day]
    return max(begun, key=lambda each: each.since, default=None)


def load(path: Path = SHIPPED) -> Periods:
    """The periods of a file. PeriodsError where it is not in the form."""
    return Periods(validated(_File, read_toml(path, PeriodsError), PeriodsError))


@lru_cache(maxsize=1)
def periods() -> Periods:
    """The shipped periods, read once per process."""
    return load()

"""What a permit's versions say about its outlets, day by day: what bulk data is judged against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property

from services.kit.clock import CITY_TIME

Permitted = Mapping[str, frozenset[str]]
"""By outlet, the pollutants that it has limits for."""


@dataclass(frozen=True)
class VersionFacts:
    """One version of a permit."""

    version: int
    valid_from: date
    valid_to: date
    outlets: Permitted


@dataclass
class Site:
    """The site of one permit."""

    permit_number: str
    versions: Sequence[VersionFacts]
    _by_day: dict[date, Permitted] = field(default_factory=dict)

    @cached_property
    def since(self) -> datetime:
        """The moment at which the permit began in the city; in UTC, which is quick to compare with."""
        first = min(each.valid_from for each in self.versions)
        return datetime.combine(first, time.min, CITY_TIME).astimezone(UTC)

    def outlets_at(self, moment: datetime) -> Permitted:
        """What the version of that day permits; after the last one, that."""
        if len(self.versions) == 1:
            return self.versions[0].outlets
        day = moment.astimezone(CITY_TIME).date()
        known = self._by_day.get(day)
        return known if known is not None else self._by_day.setdefault(day, self._outlets_on(day))

    def _outlets_on(self, day: date) -> Permitted:
        holding = [each for each in self.versions if each.valid_from <= day <= each.valid_to]
        return max(holding or self.versions, key=lambda each: each.version).outlets

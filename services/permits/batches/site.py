"""What a permit's versions say about outlets and monitoring, day by day: what bulk data is judged against."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from services.kit.clock import CITY_TIME, start_of

Permitted = Mapping[str, frozenset[str]]
"""By place, the pollutants that may be measured there."""
Plan = Mapping[tuple[str, str, str], uuid.UUID]
"""By place, pollutant and means, the row of the monitoring plan."""


@dataclass(frozen=True)
class VersionFacts:
    """One version of a permit: it holds from `valid_from` until a later one does, or the permit has ended."""

    version: int
    valid_from: date
    valid_to: date
    outlets: Permitted
    """The outlets with the pollutants that they have limits for."""
    plan: Plan = field(default_factory=dict)

    @cached_property
    def measured(self) -> Permitted:
        """Outlets and points with what the limits and the monitoring plan name there."""
        found = {outlet: set(pollutants) for outlet, pollutants in self.outlets.items()}
        for place, pollutant, _ in self.plan:
            found.setdefault(place, set()).add(pollutant)
        return {place: frozenset(pollutants) for place, pollutants in found.items()}


@dataclass
class Site:
    """The site of one permit."""

    permit_number: str
    versions: Sequence[VersionFacts]
    _by_day: dict[date, VersionFacts] = field(default_factory=dict)

    @cached_property
    def since(self) -> datetime:
        """The moment at which the permit began in the city; in UTC, which is quick to compare with."""
        first = min(each.valid_from for each in self.versions)
        return start_of(first).astimezone(UTC)

    def at(self, moment: datetime) -> VersionFacts:
        """The version of that day in the city; after the last one, that."""
        if len(self.versions) == 1:
            return self.versions[0]
        day = moment.astimezone(CITY_TIME).date()
        known = self._by_day.get(day)
        return known if known is not None else self._by_day.setdefault(day, self._on(day))

    def _on(self, day: date) -> VersionFacts:
        holding = [each for each in self.versions if each.valid_from <= day <= each.valid_to]
        return max(holding or self.versions, key=lambda each: each.version)

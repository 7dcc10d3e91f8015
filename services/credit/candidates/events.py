"""What credit reads in the other services' feeds, and how much of each payload it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.kit.clock import CITY_TIME
from services.kit.identifiers.types import Uscc
from services.kit.schemas import Moment, Schema

EXCEEDANCE_CONFIRMED = "permits.exceedance_confirmed.v1"
DISCREPANCY_FOUND = "waste.discrepancy_found.v1"
RESPONSIBILITY_RECORDED = "emergency.responsibility_recorded.v1"

CANDIDATE_ARRIVED = "credit.candidate_arrived.v1"
CANDIDATE_RECORDED = "credit.candidate_recorded.v1"
CANDIDATE_DISMISSED = "credit.candidate_dismissed.v1"


class Heard(Schema, extra="ignore"):
    """What every fact that may become a record says; each neighbour says more."""

    uscc: Uscc

    @property
    def happened_on(self) -> date:
        raise NotImplementedError


class ExceedanceConfirmed(Heard):
    """An inspector of permits confirmed a value over its limit."""

    period_end: date
    day: date | None = None
    """Of a special period."""

    @property
    def happened_on(self) -> date:
        return self.day or self.period_end


class DiscrepancyFound(Heard):
    """A receiver of waste found something else than the manifest says; `uscc` is the shipper's."""

    found_at: Moment

    @property
    def happened_on(self) -> date:
        return self.found_at.astimezone(CITY_TIME).date()


class ResponsibilityRecorded(Heard):
    """Emergency recorded whose incident it was."""

    happened_at: Moment

    @property
    def happened_on(self) -> date:
        return self.happened_at.astimezone(CITY_TIME).date()


@dataclass(frozen=True, slots=True)
class Listened:
    """How one type of event is read, and what kind of record it may become."""

    payload: type[Heard]
    suggested_kind: str

    def read(self, data: Mapping[str, Any]) -> Heard:
        return self.payload.model_validate(data)


LISTENED: Mapping[str, Listened] = {
    EXCEEDANCE_CONFIRMED: Listened(ExceedanceConfirmed, "violation"),
    DISCREPANCY_FOUND: Listened(DiscrepancyFound, "violation"),
    RESPONSIBILITY_RECORDED: Listened(ResponsibilityRecorded, "incident"),
}

"""What credit reads in the other services' feeds, and how much of each payload it needs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.kit.clock import CITY_TIME
from services.kit.identifiers.types import Uscc
from services.kit.schemas import Moment, Schema

EXCEEDANCE_CONFIRMED = "permits.exceedance_confirmed.v1"
VIOLATION_DISMISSED = "permits.violation_dismissed.v1"
VIOLATION_REOPENED = "permits.violation_reopened.v1"
DISCREPANCY_FOUND = "waste.discrepancy_found.v1"
RESPONSIBILITY_RECORDED = "emergency.responsibility_recorded.v1"

CANDIDATE_ARRIVED = "credit.candidate_arrived.v1"
CANDIDATE_RECORDED = "credit.candidate_recorded.v1"
CANDIDATE_DISMISSED = "credit.candidate_dismissed.v1"
CANDIDATE_CONTRADICTED = "credit.candidate_contradicted.v1"
CANDIDATE_UPHELD = "credit.candidate_upheld.v1"


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


class ViolationDecided(Schema, extra="ignore"):
    """Permits decided that a figure over its limit was no violation, or that it is one after all."""

    kind: str
    uscc: Uscc
    report_id: uuid.UUID | None
    outlet_code: str | None
    pollutant_code: str | None
    scope: str
    limit_kind: str | None
    period_start: date

    @property
    def confirmed_as(self) -> dict[str, str | None] | None:
        """What the confirmation of the same figure says of itself; None where it is of no report's figure."""
        if self.report_id is None or self.kind not in ("numeric", "special_period"):
            return None
        is_special = self.kind == "special_period"
        named = {
            "report_id": str(self.report_id),
            "outlet_code": self.outlet_code or "",
            "pollutant_code": self.pollutant_code,
            "kind": self.limit_kind,
            "day": self.period_start.isoformat() if is_special else None,
        }
        return named if is_special else {**named, "scope": self.scope}


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

"""Facts about violations."""

from __future__ import annotations

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Computed, Exact, Schema
from services.kit.texts import Text
from services.permits.violations.models import Violation


class ViolationFact(Schema):
    """Payload: what was broken, and how it stands."""

    violation_id: uuid.UUID
    kind: str
    permit_number: str
    uscc: str
    obligation_id: uuid.UUID | None
    report_id: uuid.UUID | None
    outlet_code: str | None
    pollutant_code: str | None
    scope: str = "outlet"
    limit_kind: str | None
    limit_value: Exact | None
    value: Exact | None
    multiple: Computed | None
    period_start: date
    period_end: date
    due_on: date | None
    days_late: int | None
    severe: bool
    chronic: bool
    state: str
    resolution: str | None


VIOLATION_OPENED = EventType(
    "permits.violation_opened.v1",
    ViolationFact,
    Text(zh="发现违反排污许可的行为", en="A violation was found"),
)
VIOLATION_CHANGED = EventType(
    "permits.violation_changed.v1",
    ViolationFact,
    Text(zh="违法行为的数据已变化", en="The figures of a violation changed"),
)
VIOLATION_RESOLVED = EventType(
    "permits.violation_resolved.v1", ViolationFact, Text(zh="违法行为已消除", en="A violation was ended")
)
VIOLATION_REOPENED = EventType(
    "permits.violation_reopened.v1",
    ViolationFact,
    Text(zh="违法行为再次成立", en="A violation was found again"),
)
# What inspectors think before they have decided is theirs.
DISMISSAL_PROPOSED = EventType(
    "permits.violation_dismissal_proposed.v1",
    ViolationFact,
    Text(zh="提请认定违法行为不成立", en="The dismissal of a violation was proposed"),
    Readers.BUREAU,
)
VIOLATION_KEPT = EventType(
    "permits.violation_kept.v1",
    ViolationFact,
    Text(zh="维持违法行为的认定", en="A proposed dismissal was refused"),
    Readers.BUREAU,
)
VIOLATION_DISMISSED = EventType(
    "permits.violation_dismissed.v1",
    ViolationFact,
    Text(zh="违法行为认定不成立", en="A violation was dismissed"),
)


def tell(session: AsyncSession, violation: Violation, *, kind: EventType) -> None:
    """Emits one fact."""
    said = violation.model_dump(include=set(ViolationFact.model_fields) - {"violation_id"})
    events.emit(
        session,
        kind=kind,
        subject=f"/v1/permits/violations/{violation.id}",
        owner=None if kind.readers is Readers.BUREAU else violation.uscc,
        fact=ViolationFact(violation_id=violation.id, **said),
    )

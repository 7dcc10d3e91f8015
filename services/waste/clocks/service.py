"""Starts statutory limits; whoever starts one ends it by setting `met_at`."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from services.kit import clock
from services.kit.ids import new_id
from services.kit.working_days import WorkingCalendar, published_calendar
from services.waste.clocks import rules
from services.waste.clocks.models import Deadline

HOURS = "hours"


def start_confirmation(manifest_id: uuid.UUID, *, receiver_uscc: str, arrived_at: datetime) -> Deadline:
    """Five working days for the receiver, from the day of arrival (Order 23 art. 18)."""
    return Deadline(
        id=new_id(),
        kind=rules.Kind.MANIFEST_CONFIRMATION,
        manifest_id=manifest_id,
        responsible_uscc=receiver_uscc,
        basis=rules.BASIS[rules.Kind.MANIFEST_CONFIRMATION],
        started_at=arrived_at,
        **confirmation_due(arrived_at, published_calendar()),
    )


def confirmation_due(arrived_at: datetime, calendar: WorkingCalendar) -> dict[str, Any]:
    """The last day to confirm by a calendar, as a deadline keeps it."""
    started_on = arrived_at.astimezone(clock.CITY_TIME).date()
    due = calendar.deadline_after(started_on, rules.CONFIRMATION_WORKING_DAYS)
    return {
        "due_on": due.on,
        "due_at": rules.end_of_day(due.on, clock.CITY_TIME),
        "provisional": due.provisional,
        "uncovered_years": list(due.uncovered_years),
        "calendar": due.calendar,
    }


def start_storage(bag_id: uuid.UUID, *, hospital_uscc: str, first_stored_at: datetime) -> Deadline:
    """48 hours for the hospital, from when the bag was first stored (医疗废物管理条例 art. 17)."""
    due_at = rules.storage_due_at(first_stored_at)
    return Deadline(
        id=new_id(),
        kind=rules.Kind.MEDICAL_STORAGE,
        bag_id=bag_id,
        responsible_uscc=hospital_uscc,
        basis=rules.BASIS[rules.Kind.MEDICAL_STORAGE],
        started_at=first_stored_at,
        due_on=due_at.astimezone(clock.CITY_TIME).date(),
        due_at=due_at,
        provisional=False,
        uncovered_years=[],
        calendar=HOURS,
    )

"""Deadlines over the wire."""

from datetime import datetime

from pydantic import Field

from services.kit.schemas import Day, Moment, Schema
from services.waste.clocks.models import Deadline
from services.waste.clocks.rules import is_late


class DeadlineRead(Schema):
    """A statutory limit and how it stands now."""

    basis: str = Field(description="the article")
    started_at: Moment
    due_on: Day
    due_at: Moment
    provisional: bool = Field(description="true where a year on the way has no published calendar yet")
    uncovered_years: list[int]
    calendar: str = Field(description="the calendar that the day was computed from")
    met_at: Moment | None
    late: bool = Field(description="past and not met, or met too late")


def deadline_view(deadline: Deadline, *, now: datetime) -> DeadlineRead:
    content = deadline.model_dump(include=set(DeadlineRead.model_fields))
    late = is_late(deadline.due_at, met_at=deadline.met_at, now=now)
    return DeadlineRead.model_validate({**content, "late": late})

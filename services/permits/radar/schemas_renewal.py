"""The renewal of a permit, over the wire."""

import uuid
from datetime import date

from pydantic import Field

from services.kit.schemas import Schema
from services.permits.radar.rules import Gap, Stage


class RenewalRead(Schema):
    """An application to renew."""

    application_id: uuid.UUID
    state: str
    applied_on: date
    in_time: bool = Field(description="sixty days before the permit expires (条例 art. 14)")


class RenewalClock(Schema):
    """By when the renewal of a permit is to be applied for, and whether it was."""

    due_on: date = Field(description="the last day to apply for a renewal")
    days_left: int = Field(description="calendar days to `due_on`; negative: so many since")
    basis: str
    stage: Stage
    application: RenewalRead | None = Field(description="the newest to renew; null: none was applied for")
    gap: Gap | None = Field(
        description="once expired: lawful where a renewal was applied for in time and is not decided"
    )

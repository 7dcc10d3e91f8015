"""Replacements of certificates over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.identifiers.types import PermitNumber
from services.kit.schemas import Day, LongText, Moment, Schema
from services.permits.replacements.rules import Cause

ReplacementState = Literal["requested", "issued"]


class ReplacementCreate(Schema):
    """What a holder asks for."""

    permit_number: PermitNumber
    cause: Cause = Field(description="遗失 lost, 损毁 damaged")
    happened_on: Day
    loss_statement: LongText | None = Field(default=None, description="遗失声明; needed where it was lost")


class ReplacementRead(Schema):
    """A request with the copy that was given."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    cause: Cause
    happened_on: date
    loss_statement: str | None
    days_late: int = Field(description="calendar days beyond the holder's term")
    state: ReplacementState
    due_on: date = Field(description="the office gives the certificate again by this day")
    provisional: bool = Field(description="the holidays of a year on the way are not published yet")
    days_left: int | None = Field(
        description="calendar days to `due_on`, negative when it is over; null: issued"
    )
    requested_by: str
    requested_at: Moment
    copy_number: int | None = Field(description="the permit's first certificate is 1")
    issued_by: str | None
    issued_at: Moment | None

"""Obligations over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.schemas import Exact, Schema
from services.permits.permits.schemas import LimitContent, Medium

ReportKind = Literal["quarterly", "annual"]
ObligationState = Literal["upcoming", "open", "reported"]


class ObligationRead(Schema):
    """One report that is owed, or was."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    kind: ReportKind = Field(description="季度执行报告 or 年度执行报告")
    period_start: date
    period_end: date
    due_on: date
    state: ObligationState = Field(
        description="upcoming until the period has ended, then open until reported"
    )
    days_late: int = Field(
        description="calendar days past `due_on`: today for an open one, else as submitted"
    )
    basis: str = Field(description="why it is owed")
    report_id: uuid.UUID | None


class BlankValue(Schema):
    """One line to fill in: numbers, or a no-data code; never both, never blank."""

    outlet_code: str
    pollutant_code: str
    concentration_max: Exact | None = None
    concentration_average: Exact | None = None
    amount_t: Exact | None = None
    method: None = None
    no_data_code: None = None


class BlankSubmission(Schema):
    """Complete it and send it to `POST /v1/permits/reports`."""

    obligation_id: uuid.UUID
    production_days: None = None
    values: list[BlankValue]
    exceedance_explanation: None = None


class BlankLine(Schema):
    """What is known about one line: the limits that hold, and the last period's figures."""

    outlet_code: str
    outlet_name: str
    medium: Medium
    pollutant_code: str
    pollutant_name: str
    limits: list[LimitContent]
    previous_concentration_max: Exact | None
    previous_concentration_average: Exact | None
    previous_amount_t: Exact | None


class Blank(Schema):
    """A pre-filled blank: what to send, and what to fill it from."""

    obligation: ObligationRead
    site_name: str
    submission: BlankSubmission
    reference: list[BlankLine]

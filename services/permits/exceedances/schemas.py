"""Confirmed exceedances over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.identifiers.types import OutletCode
from services.kit.schemas import Exact, Id, LongText, Moment, Schema, Whole
from services.permits.permits.schemas import PollutantCode


class ConfirmationCreate(Schema):
    """What an inspector confirms, on the version that was looked at."""

    report_id: Id
    report_version: Whole = Field(ge=1, lt=2**31)
    outlet_code: OutletCode
    pollutant_code: PollutantCode
    kind: Literal[
        "hourly_concentration",
        "daily_concentration",
        "concentration",
        "instant_value",
        "emission_rate",
        "grade",
        "annual_amount",
    ]
    finding: LongText = Field(description="核查情况: what permit, ledger and monitoring data showed")


class ConfirmationRead(Schema):
    """A confirmed exceedance."""

    id: uuid.UUID
    report_id: uuid.UUID
    report_version: int
    permit_number: str
    uscc: str
    period_start: date
    period_end: date
    outlet_code: str
    pollutant_code: str
    kind: str
    limit_value: Exact
    value: Exact
    multiple: Exact = Field(description="超标倍数: (value - limit) / limit")
    finding: str
    confirmed_by: str
    confirmed_at: Moment

"""Confirmed exceedances over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.identifiers.types import OutletCode
from services.kit.schemas import Day, Exact, Id, LongText, Moment, Schema, Whole
from services.permits.permits.schemas import PollutantCode


class ConfirmationCreate(Schema):
    """What an inspector confirms, on the version that was looked at."""

    report_id: Id
    report_version: Whole = Field(ge=1, lt=2**31)
    outlet_code: OutletCode | None = Field(
        default=None, description="null: a total (`scope`), or the whole plant on a day"
    )
    pollutant_code: PollutantCode
    kind: Literal[
        "hourly_concentration",
        "daily_concentration",
        "concentration",
        "instant_value",
        "emission_rate",
        "grade",
        "annual_amount",
        "daily_amount",
        "monthly_amount",
    ]
    scope: Literal["outlet", "plant", "main_outlets", "general_outlets", "fugitive"] = Field(
        default="outlet", description="as the exceedance of the report has it"
    )
    day: Day | None = Field(default=None, description="特殊时段: of `special_exceedances`, the day")
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
    outlet_code: str = Field(description="empty for a total, or for the whole plant on a day")
    pollutant_code: str
    kind: str
    limit_value: Exact
    value: Exact
    multiple: Exact = Field(
        description="超标倍数: (value - limit) / limit; 0 where the limit is 0: discharge was prohibited"
    )
    scope: Literal["outlet", "plant", "main_outlets", "general_outlets", "fugitive"] = "outlet"
    day: date | None = Field(default=None, description="of a special period (特殊时段)")
    ground: Literal["heavy_pollution", "attainment_plan"] | None = None
    alert_level: str | None = Field(default=None, description="of the limit: it held at this level and above")
    article: str = Field(description="of the penalty: 条例 第三十四条, or 第三十五条 in a special period")
    finding: str
    confirmed_by: str
    confirmed_at: Moment

"""The limits that hold on a day, over the wire."""

from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.schemas import Exact, Schema
from services.permits.permits.schemas import AlertLevel, Averaging


class LimitInForce(Schema):
    """One limit that holds, on which ground and why."""

    outlet_code: str | None = Field(description="null: of no single outlet, see `scope`")
    scope: Literal["outlet", "plant", "main_outlets", "general_outlets", "fugitive"]
    pollutant_code: str
    pollutant_name: str
    kind: str
    value: Exact | None = Field(description="null where discharge is prohibited")
    prohibited: bool
    lower_value: Exact | None
    text: str | None
    unit: str
    permit_year: int | None
    averaging: Averaging | None
    ground: Literal["permit", "stricter_promise", "heavy_pollution", "attainment_plan"] = Field(
        description="许可限值, 承诺更加严格限值, 重污染天气 or 限期达标规划"
    )
    alert_level: AlertLevel | None
    standard: str
    valid_from: date
    valid_to: date | None
    binding: bool = Field(description="the strictest of its kind for the pollutant at this place")
    why_zh: str
    why_en: str


class LimitsInForce(Schema):
    """Every limit of one permit that holds on a day."""

    permit_number: str
    version: int = Field(description="the version that holds on that day")
    on: date
    alert_level: AlertLevel | None
    alert_source: Literal["declared", "asked"] | None = Field(
        description="declared for the place on that day, or asked for in the request"
    )
    limits: list[LimitInForce]

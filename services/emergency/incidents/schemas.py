"""Incidents over the wire."""

import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from services.emergency.types import Latitude, Longitude
from services.kit.identifiers.types import RegionCode, Uscc
from services.kit.schemas import Exact, LongText, Moment, Schema, ShortText, Whole

IncidentKind = Literal[
    "leak", "fire_or_explosion", "transport", "illegal_discharge", "natural_disaster", "other"
]
KIND_TEXT = "泄漏, 火灾爆炸次生, 交通运输事故次生, 违法排污, 自然灾害次生, 其他"
IncidentState = Literal["open", "closed"]
GradeName = Literal["I", "II", "III", "IV"]
Count = Annotated[Whole, Field(ge=0, le=10**8)]
Money = Annotated[Exact, Field(ge=Decimal(0), le=Decimal(10) ** 15)]


class IncidentCreate(Schema):
    """What the duty officer records."""

    kind: IncidentKind = Field(description=KIND_TEXT)
    happened_at: Moment
    known_at: Moment = Field(description="发现或者得知: the clock of the report starts here")
    region_code: RegionCode
    address: ShortText
    longitude: Longitude
    latitude: Latitude
    crs: Literal["CGCS2000"] = "CGCS2000"
    description: LongText


class GradingCreate(Schema):
    """What is known of the harm; what is left out is not known."""

    deaths: Count | None = None
    poisoned_or_injured: Count | None = Field(default=None, description="中毒或重伤")
    evacuated: Count | None = Field(default=None, description="疏散、转移")
    direct_loss_yuan: Money | None = None
    ecology: Literal["function_lost", "partly_lost", "damaged"] | None = None
    water_intake_cut: Literal["prefecture_city", "county_city", "township"] | None = Field(
        default=None, description="whose drinking-water intake was cut off"
    )
    border: Literal["international", "provincial", "prefecture", "county"] | None = Field(
        default=None, description="the border that the harm crossed"
    )
    radiation: Literal["major", "class_1_2", "class_3", "class_4_5"] | None = None


class FiredRead(Schema):
    """A row of the table that the facts meet."""

    grade: GradeName
    fact: str
    value: str
    text: str
    verified: bool = Field(description="false: the row is from memory and awaits the bureau's check")


class GradingRead(Schema):
    """A grading with its explanation."""

    id: uuid.UUID
    grade: GradeName
    table: str = Field(description="the table of the day on which it happened")
    facts: dict[str, Any]
    fired: list[FiredRead] = Field(description="empty: no row fired, and the table says what then")
    graded_by: str
    graded_at: Moment


class ResponsibilityCreate(Schema):
    """Which enterprise answers for the incident; once."""

    uscc: Uscc
    basis: LongText = Field(description="认定依据: the report or decision it rests on")


class ClosureCreate(Schema):
    """The end of the response."""

    note: LongText = Field(description="处置结果")


class IncidentSummary(Schema):
    """An incident in a list."""

    id: uuid.UUID
    number: str
    kind: IncidentKind = Field(description=KIND_TEXT)
    happened_at: Moment
    known_at: Moment
    region_code: str
    address: str
    longitude: Exact
    latitude: Exact
    crs: str
    description: str
    state: IncidentState
    grade: GradeName | None
    grade_table: str | None
    responsible_uscc: str | None
    responsibility_basis: str | None
    responsibility_recorded_at: Moment | None
    recorded_by: str
    recorded_at: Moment
    closed_at: Moment | None
    closing_note: str | None


class IncidentRead(IncidentSummary):
    """An incident with its gradings and the clock of its report."""

    gradings: list[GradingRead]
    report_due_at: Moment | None = Field(
        description="突发环境事件信息报告办法 art. 3, by the grade; null where it is not graded"
    )

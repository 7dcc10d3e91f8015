"""Self-monitoring records over the wire."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.kit.fields import Saying
from services.kit.schemas import Exact, Flag, LongText, Moment, Schema, ShortText
from services.kit.texts import Text
from services.permits.batches.types import EntryId, Figure, Instant
from services.permits.permits.schemas import PollutantCode

Means = Literal["automatic", "manual"]
MeasuredUnit = Literal[
    "mg/m3",
    "ug/m3",
    "g/m3",
    "mg/L",
    "ug/L",
    "g/L",
    "kg/h",
    "g/h",
    "ng-TEQ/m3",
    "MPN/L",
    "grade",
    "dimensionless",
]
Averaging = Literal["instant", "hour", "day"]
Outlet = Annotated[
    str,
    Field(
        max_length=10, examples=["DA001"], pattern=r"^D[AW][0-9]{3}$", description="排放口编号 (HJ 608-2017)"
    ),
    Saying(
        "outlet_code_shape",
        Text(zh="应为排放口编号 DA001、DW001", en="expected an outlet: DA001, DW001"),
        article="HJ 608-2017",
    ),
]


class RecordContent(Schema):
    """One measured value: of a pollutant, at an outlet or a point of the monitoring plan."""

    pollutant_code: PollutantCode
    sampled_at: Instant = Field(description="when the sample was taken, or the averaging time began")
    value: Figure
    unit: MeasuredUnit
    means: Means = Field(description="自动监测 automatic or 手工监测 manual")
    outlet_code: Outlet | None = None
    point: ShortText | None = Field(default=None, description="of the monitoring plan, such as 厂界上风向")
    qualifier: Literal["=", "<", ">"] = Field(
        default="=", description="`<`: below the detection limit, which is `value`; `>`: above the range"
    )
    averaging: Averaging = Field(default="hour", description="瞬时值, 小时均值 or 日均值")
    method_standard: ShortText | None = Field(default=None, description="such as HJ 57-2017")
    laboratory: ShortText | None = None
    report_number: ShortText | None = Field(default=None, description="of the laboratory's report")
    note: LongText | None = None
    made_offline: Flag = Field(default=False, description="made without a connection and sent later")
    unpermitted_outlet: Flag = Field(
        default=False,
        description="许可证外排放口 (条例 第三十六条): the permit of that day has no such outlet, which is known; "
        "unsaid, its record is refused",
    )
    reason: LongText | None = Field(default=None, description="更正理由")


class RecordCreate(RecordContent):
    """One self-monitoring record (自行监测记录)."""

    id: EntryId | None = Field(
        default=None, description="made by the sender: needed for a record made offline"
    )
    supersedes: EntryId | None = Field(default=None, description="the record that this one corrects")


class RecordRead(RecordContent):
    """A record as it is kept. Nothing of it ever changes; `superseded_by` says where it was corrected."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    standard_value: Exact = Field(description="in `standard_unit`, exactly")
    standard_unit: MeasuredUnit
    plan_row_id: uuid.UUID | None = Field(description="the row of the monitoring plan that it answers")
    supersedes: uuid.UUID | None
    superseded_by: uuid.UUID | None
    batch_id: uuid.UUID | None = Field(description="the file that it came in")
    recorded_at: Moment
    recorded_by: str
    kept_until: date = Field(description="the day until which it is kept at least")


class FigureRead(Schema):
    """What the records of one pollutant at one place, by one means, add up to over a period."""

    place: str
    pollutant_code: str
    means: Means
    unit: MeasuredUnit
    count: int
    below_detection: int = Field(description="how many of them were below the detection limit")
    maximum: Exact
    average: Exact = Field(description="to six places; what was below detection counts as half of its limit")


class Figures(Schema):
    """The figures of a permit over a period; corrected records do not count."""

    permit_number: str
    start: date
    end: date
    figures: list[FigureRead]

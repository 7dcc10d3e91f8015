"""Self-monitoring records as the public sees them (条例 art. 23): figures and methods, nobody's texts."""

import uuid

from pydantic import Field

from services.kit.schemas import Exact, Moment, Schema
from services.permits.monitoring.schemas import Averaging, Means, MeasuredUnit


class DisclosedRecord(Schema):
    """One measured value (自行监测数据)."""

    id: uuid.UUID
    permit_number: str
    outlet_code: str | None = Field(description="null: at `point`")
    point: str | None = Field(description="of the monitoring plan, such as 厂界上风向")
    pollutant_code: str
    sampled_at: Moment
    qualifier: str = Field(
        description="`<`: below the detection limit, which is `value`; `>`: above the range"
    )
    value: Exact
    unit: MeasuredUnit
    standard_value: Exact = Field(description="in `standard_unit`, exactly: as it is held against limits")
    standard_unit: MeasuredUnit
    means: Means = Field(description="自动监测 automatic or 手工监测 manual")
    averaging: Averaging = Field(description="瞬时值, 小时均值 or 日均值")
    method_standard: str | None
    published_at: Moment = Field(description="公开时间: when it was recorded, and so became public")

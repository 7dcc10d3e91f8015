"""EIA documents over the wire."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import Uscc
from services.kit.schemas import Day, LongText, Moment, Schema, ShortText

EiaClass = Literal["report", "form", "registration"]
EiaState = Literal["stated", "registered", "confirmed", "rejected"]
EiaDay = Annotated[Day, Field(ge=date(1980, 1, 1), le=date(2100, 12, 31))]


class EiaCreate(Schema):
    """An approval (批复) or a filing (备案), as its document says it."""

    uscc: Uscc
    number: ShortText = Field(
        description="批复文号 or 备案号", examples=["锡署环审书〔2021〕8号", "202215250100000012"]
    )
    eia_class: EiaClass = Field(description="报告书 report, 报告表 form, 登记表 registration")
    authority: ShortText = Field(description="who approved it, or where it was filed")
    decided_on: EiaDay
    project_name: ShortText


class EiaVerificationCreate(Schema):
    """What a reviewer found when looking it up."""

    outcome: Literal["confirmed", "rejected"]
    comment: LongText | None = Field(default=None, description="核实情况; needed to reject")


class EiaRead(Schema):
    """An EIA document and how much is known of it."""

    id: uuid.UUID
    uscc: str
    number: str
    eia_class: EiaClass
    authority: str
    decided_on: date
    project_name: str
    state: EiaState = Field(
        description="stated by the enterprise, registered by the bureau, confirmed or rejected by a reviewer"
    )
    usual_permit_class: Literal["key", "simplified", "registration"] = Field(
        description="the permit class that usually goes with this class of EIA; a rule of thumb"
    )
    entered_by: str
    entered_at: Moment
    verified_by: str | None
    verified_at: Moment | None
    comment: str | None

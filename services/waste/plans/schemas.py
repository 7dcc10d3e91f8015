"""Management plans over the wire."""

import uuid
from typing import Annotated, Any

from pydantic import Field

from services.kit.identifiers.types import Uscc
from services.kit.schemas import Day, Exact, Moment, Schema, Whole
from services.waste.receipts import ReceiptRead
from services.waste.types import Mass, Mode, SiteCode, WasteCode


class PlanLineContent(Schema):
    """One planned transfer of the year."""

    waste_code: WasteCode
    receiver_uscc: Uscc
    mode: Mode = Field(description="利用处置方式: what the receiver is to do with it")
    planned_kg: Mass = Field(description="计划转移量, kg in the year")


class PlanCreate(Schema):
    """What a shipper files for one site and year (HJ 1259-2022 §5, the part on transfer)."""

    uscc: Uscc
    site_code: SiteCode = "001"
    year: Annotated[Whole, Field(ge=2022, le=2100)]
    lines: list[PlanLineContent] = Field(min_length=1, max_length=500)


class PlanLineRead(PlanLineContent):
    """One planned transfer and how it stands, in kg."""

    reserved_kg: Exact = Field(description="on manifests that are not received yet")
    received_kg: Exact
    free_kg: Exact


class PlanSummary(Schema):
    """A plan in a list."""

    id: uuid.UUID
    uscc: str
    site_code: str
    year: int
    filed_on: Day
    days_late: int = Field(description="calendar days after 31 March of the year")
    created_at: Moment


class PlanRead(PlanSummary):
    """A plan with its lines."""

    lines: list[PlanLineRead]
    document: dict[str, Any] = Field(description="what was filed; the receipt is over its digest")
    receipt: ReceiptRead

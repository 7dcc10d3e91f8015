"""Tax declarations over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import PermitNumber, Uscc
from services.kit.schemas import Computed, Exact, Id, LongText, Moment, Schema, ShortText, Whole
from services.permits.permits.schemas import PermitDay, PollutantCode
from services.permits.taxes.rules import FIRST_YEAR

Levied = Annotated[
    Literal[100, 75, 50], Field(description="减按…征收 (环境保护税法 第十三条), per cent of the tax")
]
TaxYear = Annotated[Whole, Field(ge=FIRST_YEAR, le=2100, description="所属年度; the law holds from 2018")]
TaxQuarter = Annotated[Whole, Field(ge=1, le=4)]


class TaxLineContent(Schema):
    """One pollutant: how much was declared as discharged."""

    pollutant_code: PollutantCode
    amount: Annotated[
        Exact, Field(ge=Decimal(0), description="排放量, in `unit`, before any reduction of the tax")
    ]
    unit: Literal["t", "kg", "g"]
    levied_percent: Levied = 100


class TaxDeclarationCreate(Schema):
    """What one enterprise declared for one quarter, as the tax office has it (涉税信息共享)."""

    uscc: Uscc
    permit_number: PermitNumber | None = Field(
        default=None, description="of the site that was declared for; null: of all sites of the enterprise"
    )
    year: TaxYear
    quarter: TaxQuarter | None = Field(default=None, description="null: for the year as a whole")
    declared_on: PermitDay = Field(description="申报日期")
    source: ShortText = Field(description="信息来源: the tax office and its number of the return")
    lines: list[TaxLineContent] = Field(min_length=1, max_length=500)
    supersedes: Id | None = Field(default=None, description="更正: the declaration that this one corrects")
    reason: LongText | None = Field(default=None, description="更正原因; needed with `supersedes`")


class TaxLineRead(TaxLineContent):
    """One pollutant as it is kept."""

    amount_t: Exact = Field(description="the same in tonnes")


class TaxDeclarationRead(Schema):
    """A declaration as it is kept. Nothing of it ever changes; `superseded_by` says where it was corrected."""

    id: uuid.UUID
    uscc: str
    permit_number: str | None
    year: int
    quarter: int | None
    declared_on: date
    source: str
    lines: list[TaxLineRead]
    supersedes: uuid.UUID | None
    superseded_by: uuid.UUID | None
    reason: str | None
    recorded_at: Moment


class TaxCompared(Schema):
    """One pollutant in a report and in the tax."""

    pollutant_code: str
    reported_t: Exact | None = Field(description="null: the report does not say how much")
    declared_t: Exact
    levied_percent: Levied
    difference: Computed | None = Field(description="share of the larger of the two")
    agrees: bool | None = Field(description="within the tolerance; null: there is nothing to compare")


class TaxReduction(Schema):
    """On what a tax is reduced (环境保护税法 art. 13), by outlet and month: `mean` ≤ `most`, `maximum` ≤ `limit`."""

    outlet_code: str
    pollutant_code: str
    month: date = Field(description="its first day")
    levied_percent: Literal[75, 50]
    source: Literal["automatic", "manual", "report"] = Field(
        description="records of the month; `report`: there are none here, so its mean of the whole period"
    )
    records: int | None = Field(description="how many; null: of the report")
    mean: Exact = Field(description="below detection counts as half the detection limit")
    maximum: Exact | None = Field(description="largest of the records; null: of the report")
    unit: str
    limit: Exact = Field(description="the permit's, which may be stricter than the standard of art. 13")
    most: Exact = Field(description="`limit` less 30 % (levied at 75 %) or 50 %")
    founded: bool


class TaxComparison(Schema):
    """A report beside the tax declarations of its quarters, as both stand now; of a month with those of its quarter."""

    report_id: uuid.UUID
    version: int
    period_start: date
    period_end: date
    compared_start: date = Field(description="of the report's period, or of the quarter of a month")
    compared_end: date
    months_lacking: list[date] = Field(
        description="first days of the other months of that quarter without a report: nothing is compared before it"
    )
    tolerance: Exact = Field(description="share by which they may differ")
    declarations: list[uuid.UUID] = Field(
        description="that are compared; none where a quarter or a month is missing"
    )
    lines: list[TaxCompared]
    reductions: list[TaxReduction] = Field(
        description="of each month of the report's own period, where the tax was reduced"
    )

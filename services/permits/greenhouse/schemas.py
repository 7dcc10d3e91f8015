"""Greenhouse-gas reports over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from services.kit.identifiers.types import Uscc
from services.kit.schemas import Computed, Day, Exact, LongText, Moment, Schema, ShortText, Whole
from services.permits.fuels.schemas import FuelFactNamed, FuelFactNewer
from services.permits.reports.schemas import ReceiptRead

EmissionYear = Annotated[Whole, Field(ge=2000, le=2100)]
GreenhouseState = Literal["submitted", "returned", "forwarded", "verified", "fed_back"]
GasName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,20}$", examples=["ch4", "n2o"])]
StepDay = Annotated[Day, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
EmissionTonnes = Annotated[Exact, Field(ge=Decimal(0), le=Decimal(10**9))]


class EmissionFactorRead(Schema):
    """A factor, from which year of emissions on, and where it is from."""

    kind: Literal["combustion", "bought", "gwp", "not_counted"]
    about: str
    from_year: int | None
    figures: dict[str, Exact]
    note: str


class EmissionFactors(Schema):
    """Every factor, and the deadlines of the report."""

    edition: str
    edition_note: str
    first_year: int
    due_month: int
    due_day: int
    records_years: int
    feedback_working_days: int
    items: list[EmissionFactorRead]


class EmitterCreate(Schema):
    """An enterprise on the year's list of key emitters."""

    uscc: Uscc
    year: EmissionYear = Field(description="the year of the emissions to report")
    sector: ShortText
    basis: ShortText = Field(description="文号 of the list")


class EmitterRead(Schema):
    """A key emitter of a year, and its report."""

    uscc: str
    year: int
    sector: str
    basis: str
    listed_at: Moment
    due_on: date = Field(description="of the report")
    report_id: uuid.UUID | None
    state: GreenhouseState | None
    days_late: int = Field(description="as reported; today, where it is not")


class OtherGasContent(Schema):
    """A gas that was not burnt."""

    gas: GasName
    quantity_t: Annotated[Exact, Field(gt=Decimal(0), le=Decimal(10**9))]
    process: ShortText = Field(description="过程 and 数据来源")


class GreenhouseContent(Schema):
    """What a report rests on: every fuel fact of the year, and the gases that were not burnt."""

    facts: list[FuelFactNamed] = Field(max_length=2000)
    other_gases: list[OtherGasContent] = Field(default=[], max_length=200)
    method_note: LongText | None = Field(default=None, description="核算方法说明")


class GreenhouseCreate(GreenhouseContent):
    """The first submission for a year."""

    uscc: Uscc
    year: EmissionYear


class GreenhouseCorrection(GreenhouseContent):
    """A corrected version of a report that was not yet forwarded."""

    corrects_version: Whole = Field(ge=1, lt=2**31)
    reason: LongText


class SheetFigure(Schema):
    """One figure of a line."""

    name: str = Field(description="FC, NCV, CC, OF, AD, EF, m, GWP")
    value: Exact
    unit: str
    source: str


class GreenhouseSheetLine(Schema):
    """One line, as it is written down on a pocket calculator."""

    scope: Literal["combustion", "other", "electricity", "heat"]
    about: str
    permit_number: str | None
    period_start: date | None
    period_end: date | None
    fact_id: uuid.UUID | None
    fact_version: int | None
    formula: str
    inputs: list[SheetFigure]
    working: str
    amount_t: Computed | None = Field(description="null: not counted, or a factor is missing")
    counted: bool
    missing: str | None


class GreenhouseSheet(Schema):
    """Every line with its sum, tCO2e; lines are rounded to two places before they are added."""

    year: int
    edition: str
    combustion_t: Computed
    other_t: Computed
    electricity_t: Computed
    heat_t: Computed
    total_t: Computed
    missing: list[str] = Field(description="what no factor is known for; a report with any is refused")
    lines: list[GreenhouseSheetLine]


class GreenhousePreview(Schema):
    """The year as it would be reported now, with what to send to `POST /v1/permits/greenhouse/reports`."""

    uscc: str
    sheet: GreenhouseSheet
    submission: GreenhouseCreate


class GreenhouseStepCreate(Schema):
    """What the bureau enters: 退回, 报送自治区, 核查结果, 反馈."""

    step: Literal["return", "forward", "verify", "feed_back"]
    version: Whole = Field(ge=1, lt=2**31, description="the version that was read")
    on_day: StepDay = Field(description="the day on which it happened")
    basis: ShortText = Field(description="文号")
    note: LongText | None = None
    conclusion: Literal["conforms", "corrected"] | None = Field(default=None, description="of a verification")
    verified_t: EmissionTonnes | None = Field(default=None, description="of a verification: tCO2e")


class GreenhouseStepRead(Schema):
    """A step that was entered."""

    id: uuid.UUID
    step: Literal["return", "forward", "verify", "feed_back"]
    on_day: date
    basis: str
    note: str | None
    entered_at: Moment


class VerificationClock(Schema):
    """Art. 12: the result is fed back within seven working days of the end of the verification."""

    basis: str
    started_on: date
    due_on: date
    provisional: bool = Field(description="a year on the way has no published calendar yet")
    met_on: date | None
    days_left: int = Field(description="calendar days to the due day; below zero: late")
    late: bool


class GreenhouseVersionRead(Schema):
    """One submission as it was signed."""

    version: int
    document: dict[str, Any]
    sheet: GreenhouseSheet
    reason: str | None
    submitted_at: Moment
    receipt: ReceiptRead


class GreenhouseSummary(Schema):
    """A report in a list."""

    id: uuid.UUID
    uscc: str
    year: int
    state: GreenhouseState
    version: int
    total_t: Exact
    verified_t: Exact | None
    conclusion: Literal["conforms", "corrected"] | None
    due_on: date
    days_late: int
    keep_until: date = Field(description="raw records are kept at least until then")
    feedback_due_on: date | None = Field(
        default=None, description="of a verified report: by when its result is fed back (art. 12)"
    )
    fed_back_on: date | None = None


class GreenhouseRead(GreenhouseSummary):
    """A report with its newest version, its steps and its clock."""

    newest: GreenhouseVersionRead
    steps: list[GreenhouseStepRead]
    feedback: VerificationClock | None
    corrected_facts: list[FuelFactNewer]


class GreenhouseSubmitted(Schema):
    """The answer to a submission."""

    report: GreenhouseSummary
    newest: GreenhouseVersionRead


class GreenhouseDisclosed(Schema):
    """What art. 11 makes public: amount, facilities, method."""

    uscc: str
    enterprise_name: str
    year: int
    total_t: Exact
    verified_t: Exact | None
    method: str
    sites: list[str] = Field(description="permit numbers of the sites")

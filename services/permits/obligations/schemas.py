"""Obligations over the wire."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.kit.schemas import Exact, Moment, Page, Schema, ShortText
from services.permits.ledger.schemas import KeptRead, LedgerTotal
from services.permits.monitoring.schemas import FigureRead
from services.permits.permits.schemas import LimitContent, Medium, PermitDay, PlantLimitContent
from services.permits.permits.schemas_terms import DisclosureRequirement

ReportKind = Literal["monthly", "quarterly", "half_yearly", "annual"]
ObligationState = Literal["upcoming", "open", "reported", "waived", "merged", "void"]
ObligationFilter = Literal["upcoming", "open", "late", "reported", "waived", "merged", "void"]
SamplingState = Literal["upcoming", "open", "met", "short", "waived"]
NoticeLevel = Literal["enterprise", "reviewer", "inspector"]
IndustryPrefix = Annotated[str, Field(pattern=r"^[0-9]{2,4}$", examples=["4411"])]


class ObligationRead(Schema):
    """One report that is owed, or was."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    kind: ReportKind = Field(description="月度, 季度, 半年 or 年度执行报告")
    period_start: date
    period_end: date
    due_on: date
    due_basis: str = Field(default="", description="why it is due on that day: the permit, or a notice")
    state: ObligationState = Field(
        description="upcoming until the period has ended, then open until reported; waived, merged into another "
        "report, or void since the permit was changed or ended"
    )
    days_late: int = Field(
        description="calendar days past `due_on`: today for an open one, else as submitted"
    )
    basis: str = Field(description="why it is owed")
    reason: str | None = Field(default=None, description="why it is waived, merged or void")
    covered_by: uuid.UUID | None = Field(
        default=None, description="the obligation whose report holds what this one would have said"
    )
    report_id: uuid.UUID | None
    repudiated_report_id: uuid.UUID | None = Field(
        default=None,
        description="the report of this period that the enterprise says was not its own: open until signed anew",
    )


class NoticeRead(Schema):
    """Somebody was reminded, or told that the report is late."""

    step: str
    level: NoticeLevel
    due_on: date
    days: int = Field(description="after the due day; negative: before it")
    noticed_at: Moment


class ObligationDetail(ObligationRead):
    """One obligation with the notices that were given."""

    notices: list[NoticeRead] = Field(default_factory=list)


class LateEnterprise(Schema):
    """The reports that an enterprise owes and has not submitted; each counts once (条例 第三十七条)."""

    uscc: str
    name: str
    late: int = Field(description="逾期未提交的执行报告数")
    by_kind: dict[ReportKind, int]
    oldest_due_on: date
    days_late: int = Field(description="of the oldest, in calendar days")
    level: NoticeLevel | None = Field(description="who has been told of the oldest by now")
    article: str


class SamplingRead(Schema):
    """Samples that the monitoring plan wants taken in one window (条例 第十九条, HJ 819-2017)."""

    place: str = Field(description="排放口编号, or 监测点位 such as 厂界")
    pollutant_code: str
    first: date
    last: date = Field(description="the day by which they must have been taken")
    wanted: int = Field(description="how many; 0 where they are waived")
    taken: int = Field(description="samples recorded, by hand; a corrected record counts once")
    state: SamplingState = Field(description="short: the window is over and samples are missing")
    basis: str
    reason: str | None = Field(description="why none is wanted")


class SamplingNoticeRead(Schema):
    """Somebody was reminded of samples of one window, or told that they are missing."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    place: str = Field(description="排放口编号, or 监测点位 such as 厂界")
    pollutant_code: str
    first: date
    last: date = Field(description="the day by which they must have been taken")
    wanted: int
    taken: int = Field(description="samples recorded when it was told of")
    taken_now: int = Field(description="samples recorded by now: `wanted` or more, and nothing is missing")
    basis: str
    step: str
    level: NoticeLevel
    days: int = Field(description="after the last day of the window; negative: before it")
    noticed_at: Moment


class DueOverrideContent(Schema):
    """A notice that gives the reports of one period another due day."""

    kind: ReportKind
    period_end: PermitDay = Field(description="last day of the period: 2024-12-31 for the reports of 2024")
    industry_codes: list[IndustryPrefix] = Field(
        default_factory=list,
        max_length=100,
        description="beginnings of GB/T 4754-2017 codes; none: every industry",
    )
    due_on: PermitDay = Field(description="what the permit grants is not taken away: only a later day counts")
    source: ShortText = Field(description="the notice, as it is to be shown in `due_basis`")
    noticed_on: PermitDay = Field(description="day of the notice: of two alike the newer counts")


class DueOverrideCreate(DueOverrideContent):
    """A notice of the bureau."""


class DueOverrideRead(DueOverrideContent):
    """A notice that was added."""

    id: uuid.UUID
    added_by: str
    added_at: Moment
    moved: int = Field(description="how many open obligations it moved when it was added")


class DueOverridePage(Page[DueOverrideRead]):
    """The bureau's notices, newest first, and those that ship with this version."""

    shipped: list[DueOverrideContent]


class BlankValue(Schema):
    """One line to fill in: numbers, or a no-data code; never both, never blank."""

    outlet_code: str
    pollutant_code: str
    concentration_max: Exact | None = None
    concentration_average: Exact | None = None
    rate_max: Exact | None = None
    amount_t: Exact | None = None
    method: None = None
    no_data_code: None = None


class BlankSubmission(Schema):
    """Complete it and send it to `POST /v1/permits/reports`."""

    obligation_id: uuid.UUID
    production_days: None = None
    values: list[BlankValue]
    exceedance_explanation: None = None


class BlankLine(Schema):
    """What is known about one line: the limits of the period, and the last period's figures."""

    outlet_code: str
    outlet_name: str
    medium: Medium
    pollutant_code: str
    pollutant_name: str
    limits: list[LimitContent] = Field(
        description="those of the period, each as often as it changed, with its days; of a year's amount the last"
    )
    previous_concentration_max: Exact | None
    previous_concentration_average: Exact | None
    previous_amount_t: Exact | None


class BlankFacility(Schema):
    """A production or treatment facility of the permit, whose hours a report may state."""

    code: str
    name: str


class BlankSpecialDay(Schema):
    """What binds on a day of a special period: a line of `special_values` answers it."""

    day: date
    outlet_code: str | None = Field(description="null: the whole plant")
    pollutant_code: str


class Blank(Schema):
    """A pre-filled blank: what to send, and what to fill it from."""

    obligation: ObligationRead
    site_name: str
    submission: BlankSubmission
    reference: list[BlankLine]
    monitoring: list[FigureRead] = Field(
        default=[], description="what the enterprise's own records of the period add up to"
    )
    ledger: list[LedgerTotal] = Field(default=[], description="what its ledger of the period adds up to")
    ledger_gaps: list[KeptRead] = Field(
        default=[], description="where its ledger of the period lacks entries that the permit asks for"
    )
    plant_limits: list[PlantLimitContent] = Field(
        default=[],
        description="yearly totals (合计) that hold at the end of the period; `totals` answer them",
    )
    special_days: list[BlankSpecialDay] = Field(
        default=[], description="days, places and pollutants with limits of special periods (特殊时段)"
    )
    facilities: list[BlankFacility] = Field(default=[], description="of the permit; `facilities` answer them")
    disclosures: list[DisclosureRequirement] = Field(
        default=[], description="requirements of disclosure, in their order; `disclosures` answer them"
    )
    parts: list[str] = Field(
        default=[],
        description="parts in words that a report of this kind has (HJ 944-2018); `parts` answer them",
    )

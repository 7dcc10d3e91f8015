"""Total-emission control over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from services.kit.identifiers.types import PermitNumber
from services.kit.schemas import Computed, Day, Exact, LongText, Moment, Schema, ShortText, Whole
from services.permits.reports.schemas import ReceiptRead

PollutantName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{1,30}$",
        description="a name of `GET /v1/permits/totals/control`",
        examples=["cod", "nitrogen_oxides"],
    ),
]
Tonnes = Annotated[Exact, Field(gt=Decimal(0), le=Decimal(10**9), description="t/a")]
Year = Annotated[Whole, Field(ge=2000, le=2100)]
Decided = Annotated[Day, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
DecisionKind = Literal["grant", "recall", "allocation", "withdrawal", "reduction"]
Move = Literal["grant", "recall", "allocation", "withdrawal", "reduction", "replacement"]
AccountKind = Literal["league", "pool", "permit", "retired"]
OffsetState = Literal["submitted", "approved", "refused", "withdrawn"]


class ControlledPollutant(Schema):
    """A pollutant under total control."""

    name: str
    zh: str
    en: str
    medium: Literal["air", "water"]
    codes: tuple[str, ...] = Field(description="HJ 212 codes whose amounts count")
    note: str


class OffsetRatio(Schema):
    """Tonnes to be given up for each tonne needed, from a day on; `*` is every pollutant."""

    pollutant: str
    since: date
    ratio: Exact
    note: str


class PlanTarget(Schema):
    """What a plan asks, in its own words and as figures."""

    plan: str
    pollutant: str
    first_year: int
    last_year: int
    base_year: int
    reduction_percent: Exact | None
    project_reduction_t: Exact | None
    base_t: Exact | None
    stated: str
    note: str


class TotalControl(Schema):
    """What is controlled, what replaces what, what the plans ask for."""

    pollutants: list[ControlledPollutant]
    replacement: list[OffsetRatio]
    targets: list[PlanTarget]


class QuotaDecisionCreate(Schema):
    """A decision on quotas as the document says it: 下达, 收回, 分配, 核减, 减排."""

    kind: DecisionKind = Field(
        description="grant: from the league; allocation: to a permit; withdrawal: back from it; "
        "reduction: given up for good; recall: back to the league"
    )
    pollutant: PollutantName
    tonnes: Tonnes
    from_year: Year = Field(description="holds from this year on, until it is taken back")
    permit_number: PermitNumber | None = Field(
        default=None, description="whose; none for a grant, a recall, a reduction of the city's reserve"
    )
    decided_on: Decided
    basis: ShortText = Field(description="文号: the document that decided")


class QuotaAccountRead(Schema):
    """One account of the ledger."""

    kind: AccountKind
    permit_number: str | None
    uscc: str | None


class QuotaEntryRead(Schema):
    """So many tonnes a year from one account to another. Never changed; a mistake is taken back by another entry."""

    id: uuid.UUID
    sequence: int
    document_id: uuid.UUID
    move: Move
    pollutant: str
    source: QuotaAccountRead
    target: QuotaAccountRead
    tonnes: Exact
    from_year: int
    decided_on: date
    basis: str
    recorded_at: Moment


class OffsetSource(Schema):
    """What gives up tonnes for the new source."""

    permit_number: PermitNumber | None = Field(default=None, description="none: the city's reserve")
    tonnes: Tonnes
    measure: ShortText = Field(description="削减措施: what was closed or improved, and when")
    evidence: ShortText = Field(description="证明文件")


class OffsetCreate(Schema):
    """How a new or expanded source gets its quota (条例 art. 8)."""

    permit_number: PermitNumber = Field(description="of the source that needs it")
    project: ShortText
    pollutant: PollutantName
    needed_t: Tonnes
    from_year: Year
    sources: list[OffsetSource] = Field(min_length=1, max_length=50)


class OffsetDecision(Schema):
    """What the bureau decides."""

    decision: Literal["approve", "refuse"]
    opinion: LongText
    basis: ShortText = Field(description="文号")


class OffsetRead(Schema):
    """A statement, what it was checked against, and how it stands."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    pollutant: str
    needed_t: Exact
    ratio: Exact = Field(description="tonnes to be given up for each tonne, on the day it was stated")
    from_year: int
    state: OffsetState
    document: dict[str, Any]
    receipt: ReceiptRead
    submitted_at: Moment
    decided_at: Moment | None
    opinion: str | None


class ReportUsed(Schema):
    """A report that the actual amount comes from, in its newest version."""

    report_id: uuid.UUID
    kind: str
    period_start: date
    period_end: date
    state: Literal["submitted", "accepted"]
    version: int
    amount_t: Exact | None
    lines_without_amount: int = Field(description="outlets that state no amount: they are not zero")
    production_days: int


class YearActual(Schema):
    """What was reported as discharged in the year."""

    amount_t: Computed | None = Field(description="null: nothing reported; at least this where not complete")
    state: Literal["accepted", "submitted", "mixed", "none"]
    complete: bool = Field(description="all twelve months are reported, every outlet with its amount")
    months_reported: list[int]
    reports: list[ReportUsed]


class ForecastEstimate(Schema):
    """One estimate and its sum."""

    method: Literal["reported", "seasonal", "production_days", "last_year"]
    amount_t: Computed
    working: str


class YearForecast(Schema):
    """The year's end; bounds are the least and the greatest of the estimates."""

    expected_t: Computed
    low_t: Computed
    high_t: Computed
    method: Literal["reported", "seasonal", "production_days", "last_year"]
    missing_months: list[int]
    estimates: list[ForecastEstimate]
    last_year: list[ReportUsed]
    over_allowed: bool | None = Field(description="expected to pass what is allowed")


class PollutantPosition(Schema):
    """One pollutant of one permit in one year, t/a."""

    pollutant: str
    quota_t: Exact | None = Field(description="null: the ledger has no account by then; not zero")
    permitted_t: Exact | None = Field(description="yearly limits of the permit; null: it limits no amount")
    permit_version: int | None
    allowed_t: Exact | None = Field(description="the lesser of quota and permitted, of those there are")
    actual: YearActual
    remaining_t: Computed | None = Field(description="allowed less actual; below zero: passed")
    forecast: YearForecast | None = Field(description="null: nothing to forecast from")


class QuotaPosition(Schema):
    """How one permit stands in one year."""

    permit_number: str
    uscc: str
    site_name: str
    industry_code: str
    year: int
    pollutants: list[PollutantPosition]


class QuotaSum(Schema):
    """Sums of one pollutant over the permits of a group, t/a."""

    pollutant: str
    permits: int
    quota_t: Computed
    permitted_t: Computed
    actual_t: Computed
    expected_t: Computed = Field(description="sum of the forecasts there are")
    without_report: int = Field(description="permits of which nothing is reported: they add nothing")
    without_forecast: int
    remaining_t: Computed = Field(description="what is allowed less what is reported")


class QuotaGroup(Schema):
    """The sums of one enterprise (USCC), industry (GB/T 4754 class or division) or the whole."""

    group: str
    sums: list[QuotaSum]


class QuotaSummary(Schema):
    """The sums of a year, with all that was decided and reported until the moment of the request."""

    year: int
    by: Literal["enterprise", "industry", "division"]
    groups: list[QuotaGroup]


class PlanLine(Schema):
    """One target of a plan, and how the city stands."""

    target: PlanTarget
    base_t: Computed | None
    base_from: Literal["plan", "reports", "none"]
    judged_t: Computed | None = Field(description="the city's amount that is compared")
    judged_by: Literal["reported", "forecast", "none"]
    required_percent: Computed | None = Field(description="by this year, on a straight line to the last one")
    allowed_t: Computed | None
    reached_percent: Computed | None
    on_track: bool | None = Field(description="null: a figure is missing")
    retired_t: Computed = Field(description="given up for good since the first year, by the ledger")
    projects_left_t: Computed | None


class PlanStanding(Schema):
    """The city against its plans in one year."""

    year: int
    lines: list[PlanLine]


class QuotaBalance(Schema):
    """The accounts of one pollutant in one year; their sum is zero."""

    pollutant: str
    granted_t: Computed
    pool_t: Computed
    permits_t: Computed
    retired_t: Computed
    balanced: bool = Field(description="granted = pool + permits + retired")


class QuotaBalances(Schema):
    """The ledger of a year as a whole."""

    year: int
    pollutants: list[QuotaBalance]

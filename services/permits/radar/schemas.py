"""What the bureau watches, over the wire."""

from datetime import date

from pydantic import Field

from services.kit.schemas import Computed, Schema
from services.permits.enterprises.schemas import ManagementClass
from services.permits.obligations.schemas import ReportKind
from services.permits.radar.rules import Gap, Stage
from services.permits.radar.schemas_renewal import RenewalRead


class ExpiringPermit(Schema):
    """A permit near its end, or past it."""

    permit_number: str
    uscc: str
    enterprise_name: str
    site_name: str
    management_class: str
    valid_to: date
    days_left: int = Field(description="negative once it has expired")
    apply_by: date = Field(description="the last day to apply for a renewal")
    stage: Stage
    renewal: RenewalRead | None = Field(description="null: none was applied for")
    gap: Gap | None = Field(
        description="once expired: lawful where a renewal was applied for in time and is not decided"
    )
    article: str


class TargetRead(Schema):
    on: date
    permits: int
    registrations: int
    source: str
    permits_reached: bool
    registrations_reached: bool


class CoverageRead(Schema):
    """How many fixed sources hold what they need, on a day."""

    on: date
    permits_key: int
    permits_simplified: int
    registrations: int
    registrations_for_review: int
    enterprises: int = Field(description="in the register")
    uncovered: int = Field(
        description="of these, without the permit or the registration that their class asks for"
    )
    coverage: Computed | None = Field(description="share of the enterprises that are covered, four places")
    target: TargetRead | None


class UncoveredEnterprise(Schema):
    """An enterprise without what its class asks for."""

    uscc: str
    name: str
    management_class: ManagementClass
    industry_code: str


class CompletionRow(Schema):
    """Reports of one kind whose period ended in one quarter."""

    year: int
    quarter: int
    kind: ReportKind
    due: int = Field(description="in time, late or missing")
    in_time: int
    late: int
    missing: int = Field(description="past the due day and not handed in")
    not_due: int
    completed: Computed | None = Field(description="(in time + late) / due, four places; null: none was due")
    punctual: Computed | None = Field(description="in time / due, four places")


class Completion(Schema):
    on: date
    items: list[CompletionRow]

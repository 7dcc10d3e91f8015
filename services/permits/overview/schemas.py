"""One enterprise at a glance, for the gateway's side-by-side view."""

from datetime import date

from pydantic import Field

from services.kit.schemas import Moment, Schema
from services.permits.endings.rules import Standing
from services.permits.enterprises.schemas import EnterpriseRead


class PermitAtAGlance(Schema):
    """A permit, how long it holds and how it stands."""

    permit_number: str
    site_name: str
    valid_to: date
    standing: Standing = Field(description="today")


class Overview(Schema):
    """What permits knows of an enterprise, as of a moment."""

    as_of: Moment
    enterprise: EnterpriseRead
    permits: list[PermitAtAGlance]
    open_obligations: int = Field(description="reports owed now")
    late_obligations: int = Field(description="of these, past their due day")
    reports_accepted: int
    exceedances_confirmed: int = Field(description="in the twelve months before")

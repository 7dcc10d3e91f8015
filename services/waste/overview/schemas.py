"""One unit at a glance, for the gateway's side-by-side view."""

from pydantic import Field

from services.kit.schemas import Moment, Schema
from services.waste.licences.schemas import LicenceBalance
from services.waste.units.schemas import UnitKind


class Overview(Schema):
    """What waste knows of a unit, as of a moment."""

    as_of: Moment
    uscc: str
    name: str
    kinds: list[UnitKind]
    licences: list[LicenceBalance] = Field(description="in force, with this year's balance")
    open_manifests: int = Field(description="submitted and not yet decided, in whatever part")
    overdue_confirmations: int = Field(description="as receiver: past the five working days")
    discrepancies: int = Field(description="as shipper, in the twelve months before")
    medical_bags_overdue: int = Field(description="as hospital: stored longer than 48 hours")

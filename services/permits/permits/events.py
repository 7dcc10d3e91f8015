"""Facts about permits."""

from datetime import date

from services.kit.schemas import Schema

PERMIT_ISSUED = "permits.permit_issued.v1"


class PermitIssued(Schema):
    """Payload: the permit that now holds."""

    permit_number: str
    uscc: str
    version: int
    management_class: str
    industry_code: str
    valid_from: date
    valid_to: date

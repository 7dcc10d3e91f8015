"""Facts about permits that end: their renewal is due, is not under way in time, or they have expired."""

from __future__ import annotations

from datetime import date

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class PermitEnds(Schema):
    """Payload of all three: the permit's last day, and the last day to apply for its renewal. Days are calendar days;
    each counts to its day, and is 0 from then on; `days_expired` counts from the end."""

    permit_number: str
    uscc: str
    site_name: str
    version: int
    step: str
    valid_to: date
    apply_by: date
    days_to_apply: int
    days_left: int
    days_expired: int
    basis: str


PERMIT_RENEWAL_DUE_SOON = EventType(
    "permits.permit_renewal_due_soon.v1",
    PermitEnds,
    Text(zh="许可证延续申请期限将届满", en="The renewal of a permit is to be applied for soon"),
)
PERMIT_RENEWAL_OVERDUE = EventType(
    "permits.permit_renewal_overdue.v1",
    PermitEnds,
    Text(
        zh="许可证延续申请期限已过，没有在办的延续申请",
        en="The last day to apply for the renewal of a permit went by, and none is under way",
    ),
)
PERMIT_EXPIRED = EventType(
    "permits.permit_expired.v1",
    PermitEnds,
    Text(zh="许可证有效期届满", en="A permit has expired"),
)

"""Facts about registrations."""

from __future__ import annotations

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.registrations.models import Registration, RegistrationVersion


class RegistrationFact(Schema):
    """Payload of all four: what is registered now."""

    receipt_number: str
    uscc: str
    site_name: str
    version: int
    step: str
    effective_on: date
    valid_from: date
    valid_to: date
    days_late: int
    document_sha256: str


class RegistrationReviewed(Schema):
    """Payload: whether the form is enough."""

    receipt_number: str
    uscc: str
    version: int
    decision: str
    comment: str


class RegistrationEnds(Schema):
    """Payload: a registration ends soon, or has expired. Days are calendar days; `permit_needed`: a reviewer found that
    the site needs a permit instead."""

    receipt_number: str
    uscc: str
    site_name: str
    version: int
    step: str
    valid_to: date
    renewal_opens_on: date
    permit_needed: bool
    days_left: int
    days_expired: int
    basis: str


# 条例 art. 24: what is registered is public
REGISTERED = EventType(
    "permits.registration_filed.v1",
    RegistrationFact,
    Text(zh="排污登记表已填报", en="A registration form was filed"),
    Readers.PUBLIC,
)
CHANGED = EventType(
    "permits.registration_changed.v1",
    RegistrationFact,
    Text(zh="排污登记已变更", en="A registration was changed"),
    Readers.PUBLIC,
)
RENEWED = EventType(
    "permits.registration_renewed.v1",
    RegistrationFact,
    Text(zh="排污登记已延续", en="A registration was renewed"),
    Readers.PUBLIC,
)
CANCELLED = EventType(
    "permits.registration_cancelled.v1",
    RegistrationFact,
    Text(zh="排污登记已注销", en="A registration was cancelled"),
    Readers.PUBLIC,
)
REVIEWED = EventType(
    "permits.registration_reviewed.v1",
    RegistrationReviewed,
    Text(zh="排污登记的管理类别已审核", en="Whether a registration is enough was reviewed"),
)
REGISTRATION_RENEWAL_DUE_SOON = EventType(
    "permits.registration_renewal_due_soon.v1",
    RegistrationEnds,
    Text(zh="排污登记有效期将届满", en="A registration ends soon"),
)
REGISTRATION_EXPIRED = EventType(
    "permits.registration_expired.v1",
    RegistrationEnds,
    Text(zh="排污登记有效期届满", en="A registration has expired"),
)
KINDS = {"first": REGISTERED, "change": CHANGED, "renewal": RENEWED, "cancellation": CANCELLED}


def tell(session: AsyncSession, registration: Registration, version: RegistrationVersion) -> RegistrationFact:
    """Emits what a new version says; the fact."""
    content = {**registration.model_dump(), **version.model_dump()}
    fact = RegistrationFact(**{name: content[name] for name in RegistrationFact.model_fields})
    events.emit(
        session,
        kind=KINDS[version.step],
        subject=f"/v1/permits/registrations/{registration.receipt_number}",
        owner=registration.uscc,
        fact=fact,
    )
    return fact

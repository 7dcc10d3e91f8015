"""Use case of the reviewer: whether a registration is enough, where the catalogue's facts do not decide."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.permits.registrations import views
from services.permits.registrations.errors import NothingToReview, RegistrationSuperseded
from services.permits.registrations.events import REVIEWED, RegistrationReviewed
from services.permits.registrations.models import RegistrationReview
from services.permits.registrations.schemas import RegistrationRead, RegistrationReviewCreate


async def decide(
    session: AsyncSession, principal: Principal, content: RegistrationReviewCreate, *, number: str
) -> RegistrationRead:
    """The registration goes on to hold; where a permit is needed its holder is told to apply."""
    registration = await views.get(session, principal.rows, number, lock=True)
    if content.version != registration.version:
        raise RegistrationSuperseded(version=registration.version)
    if not registration.for_review:
        raise NothingToReview()
    registration.for_review = False
    registration.permit_needed = content.decision == "permit"
    registration.updated_at = clock.now()
    review = RegistrationReview(
        id=new_id(),
        registration_id=registration.id,
        reviewer=principal.subject,
        reviewed_at=clock.now(),
        **content.model_dump(),
    )
    session.add(review)
    await session.flush()
    fact = RegistrationReviewed(
        receipt_number=registration.receipt_number, uscc=registration.uscc, **content.model_dump()
    )
    path = f"/v1/permits/registrations/{registration.receipt_number}"
    deeds.record(
        session,
        principal,
        kind=REVIEWED,
        entity="registration",
        entity_id=registration.receipt_number,
        subject=path,
        owner=registration.uscc,
        before={"for_review": True},
        fact=fact,
    )
    return await views.read(session, principal.rows, number)

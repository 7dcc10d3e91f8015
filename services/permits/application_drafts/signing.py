"""Use case of the legal representative: sign a draft. It becomes the application, or its corrected version."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice
from services.permits.application_drafts import service, views
from services.permits.application_drafts.events import APPLICATION_DRAFT_SIGNED
from services.permits.application_drafts.models import ApplicationDraft
from services.permits.applications import submission
from services.permits.applications.schemas import ApplicationRead
from services.permits.drafts import stepping
from services.permits.drafts.schemas import SignatureCreate


async def sign(
    session: AsyncSession,
    principal: Principal,
    content: SignatureCreate,
    *,
    draft_id: uuid.UUID,
    office: ReceiptOffice,
) -> ApplicationRead:
    """Submits the draft in the representative's name, with a receipt, in one transaction.

    Everything that an application is refused for refuses the signature, and the draft stays open.
    """
    draft = await views.get(session, principal.rows, draft_id, lock=True)
    stepping.refuse_unless_read(draft, content.version)
    before = service.image(draft)
    application = await _submitted(session, principal, draft, office)
    checked = stepping.sign(draft, principal)
    draft.application_id = application.id
    service.record(session, principal, draft, kind=APPLICATION_DRAFT_SIGNED, before=before, **checked)
    return application


async def _submitted(
    session: AsyncSession, principal: Principal, draft: ApplicationDraft, office: ReceiptOffice
) -> ApplicationRead:
    if draft.corrects_version is None or draft.application_id is None:
        return await submission.submit(session, principal, views.as_application(draft), office=office)
    return await submission.correct(
        session,
        principal,
        views.as_correction(draft),
        application_id=draft.application_id,
        office=office,
    )

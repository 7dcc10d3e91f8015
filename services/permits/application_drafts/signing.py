"""Use cases of the legal representative: sign one draft, or many. Each becomes an application or its correction."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice
from services.permits.application_drafts import service, views
from services.permits.application_drafts.events import APPLICATION_DRAFT_SIGNED
from services.permits.application_drafts.models import ApplicationDraft
from services.permits.application_drafts.schemas import (
    ApplicationSignatureResult,
    ApplicationSignatureResults,
)
from services.permits.applications import submission
from services.permits.applications.schemas import ApplicationRead
from services.permits.drafts import stepping
from services.permits.drafts.schemas import SignatureCreate, SignaturesCreate, ToSign
from services.permits.drafts.together import Signed, sign_each
from services.permits.drafts.views import finding_read


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


async def sign_all(
    session: AsyncSession, principal: Principal, content: SignaturesCreate, *, office: ReceiptOffice
) -> ApplicationSignatureResults:
    """Each draft becomes its application, or stays open with the reason why."""

    async def one(draft: ToSign) -> ApplicationRead:
        signature = SignatureCreate(version=draft.version)
        return await sign(session, principal, signature, draft_id=draft.draft_id, office=office)

    results = [_result(each) for each in await sign_each(session, content.drafts, one)]
    accepted = sum(each.result == "accepted" for each in results)
    return ApplicationSignatureResults(accepted=accepted, refused=len(results) - accepted, results=results)


def _result(each: Signed[ApplicationRead]) -> ApplicationSignatureResult:
    made, refusal = each.became, each.refusal
    return ApplicationSignatureResult(
        draft_id=each.draft_id,
        result="accepted" if made else "refused",
        application_id=made.id if made else None,
        application_version=made.version if made else None,
        receipt=made.newest.receipt if made else None,
        errors=[finding_read(error) for error in refusal.errors] if refusal else [],
        **each.refused,
    )


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

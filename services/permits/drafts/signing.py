"""Use case of the legal representative: sign a draft. It becomes the report of its period, or a corrected version."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice
from services.permits.drafts import repository, service, stepping, views
from services.permits.drafts.events import DRAFT_SIGNED
from services.permits.drafts.models import Draft
from services.permits.drafts.schemas import SignatureCreate
from services.permits.obligations import service as obligations
from services.permits.reports import submission
from services.permits.reports.errors import ReportNotFound
from services.permits.reports.schemas import ReportCorrection, ReportCreate, Submitted


async def sign(
    session: AsyncSession,
    principal: Principal,
    content: SignatureCreate,
    *,
    draft_id: uuid.UUID,
    office: ReceiptOffice,
) -> Submitted:
    """Submits the draft in the representative's name, with a receipt, in one transaction.

    Everything that a report is refused for refuses the signature, and the draft stays open.
    """
    draft = await views.get(session, principal.rows, draft_id, lock=True)
    stepping.refuse_unless_read(draft, content.version)
    before = service.image(draft)
    submitted = await _submitted(session, principal, draft, office)
    checked = stepping.sign(draft, principal)
    draft.report_id = submitted.report.id
    service.record(session, principal, draft, kind=DRAFT_SIGNED, before=before, **checked)
    return submitted


async def lock_all(
    session: AsyncSession, principal: Principal, draft_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Locks drafts that are signed together, then what they are reports of, as each signature does; the permit of each.

    Whoever signs one of them alone then waits before it holds anything that the others need.
    """
    found = await repository.lock_all(session, draft_ids, rows=principal.rows)
    await obligations.lock_all(session, principal.rows, {obligation for obligation, _ in found.values()})
    return {draft_id: number for draft_id, (_, number) in found.items()}


async def _submitted(
    session: AsyncSession, principal: Principal, draft: Draft, office: ReceiptOffice
) -> Submitted:
    """The draft as a report: the first of its period, or a corrected version."""
    if draft.corrects_version is None:
        report = ReportCreate.model_validate({**draft.content, "obligation_id": draft.obligation_id})
        return await submission.submit(session, principal, report, office=office)
    obligation = await obligations.get(session, principal.rows, draft.obligation_id)
    answering = obligation.report_id or obligation.repudiated_report_id
    if answering is None:
        raise ReportNotFound()
    correction = ReportCorrection.model_validate(
        {**draft.content, "corrects_version": draft.corrects_version, "reason": draft.reason}
    )
    return await submission.correct(session, principal, correction, report_id=answering, office=office)

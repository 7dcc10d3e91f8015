"""Use cases of whoever prepares a report: file it, change it, discard it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.ids import new_id
from services.kit.routing import require_match
from services.permits.drafts import repository, rules, stepping, views
from services.permits.drafts.errors import DraftOpen, NothingToCorrect
from services.permits.drafts.events import DRAFT_CHANGED, DRAFT_DISCARDED, DRAFT_FILED, tell
from services.permits.drafts.models import Draft
from services.permits.drafts.schemas import DraftCreate, DraftRead, DraftSummary, DraftUpdate
from services.permits.obligations import service as obligations
from services.permits.obligations.models import Obligation
from services.permits.reports import repository as reports
from services.permits.reports import rules as report_rules
from services.permits.reports.errors import (
    AlreadyReported,
    ReportNotFound,
    StepNotOpen,
    VersionSuperseded,
)
from services.permits.reports.schemas import ReportContent


async def file(session: AsyncSession, principal: Principal, content: DraftCreate) -> DraftRead:
    """A draft for an obligation, or of a correction; one at a time. What the rules find is shown, not refused."""
    obligation = await obligations.get(session, principal.rows, content.obligation_id, lock=True)
    await refuse_what_cannot_be_signed(session, principal, obligation, content)
    present = await repository.open_for(session, obligation.id)
    if present is not None:
        raise DraftOpen(draft=f"/v1/permits/drafts/{present.id}")
    draft = _new_draft(obligation, principal, content)
    session.add(draft)
    try:
        await session.flush()
    except IntegrityError as error:
        raise DraftOpen() from error
    record(session, principal, draft, kind=DRAFT_FILED, before=None)
    return await views.view(session, principal.rows, draft)


async def change(
    session: AsyncSession,
    principal: Principal,
    content: DraftUpdate,
    *,
    draft_id: uuid.UUID,
    if_match: str | None,
) -> DraftRead:
    """The content anew, if the editor saw the present version (`If-Match`)."""
    draft = await views.get(session, principal.rows, draft_id, lock=True)
    require_match(if_match, etag=views.etag(DraftSummary.model_validate(draft)))
    before = image(draft)
    stepping.change(draft, principal, document_of(content))
    record(session, principal, draft, kind=DRAFT_CHANGED, before=before)
    return await views.view(session, principal.rows, draft)


async def discard(
    session: AsyncSession, principal: Principal, *, draft_id: uuid.UUID, if_match: str | None
) -> DraftRead:
    """Ends a draft without a report; the period can be filed for anew."""
    draft = await views.get(session, principal.rows, draft_id, lock=True)
    require_match(if_match, etag=views.etag(DraftSummary.model_validate(draft)))
    before = image(draft)
    stepping.discard(draft, principal)
    record(session, principal, draft, kind=DRAFT_DISCARDED, before=before)
    return await views.view(session, principal.rows, draft)


async def refuse_what_cannot_be_signed(
    session: AsyncSession, principal: Principal, obligation: Obligation, content: DraftCreate
) -> None:
    """A first report for a period without one, or a correction of the newest version that is still open to it."""
    if content.corrects is None:
        if obligation.report_id is not None:
            raise AlreadyReported(report=f"/v1/permits/reports/{obligation.report_id}")
        obligations.refuse_what_is_not_owed(obligation)
        return
    answering = obligation.report_id or obligation.repudiated_report_id
    if answering is None:
        raise NothingToCorrect()
    report = await reports.by_id(session, answering, rows=principal.rows)
    if report is None:
        raise ReportNotFound()
    if report_rules.after(report_rules.State(report.state), report_rules.Step.CORRECT) is None:
        raise StepNotOpen(state=report.state)
    if content.corrects.version != report.version:
        raise VersionSuperseded(version=report.version)


def document_of(content: ReportContent) -> dict[str, Any]:
    """A report's content as it is stored, without what it is about."""
    return content.model_dump(mode="json", include=set(ReportContent.model_fields))


def image(draft: Draft) -> dict[str, Any]:
    return stepping.image(draft, became="report_id")


def record(
    session: AsyncSession,
    principal: Principal,
    draft: Draft,
    *,
    kind: EventType,
    before: dict[str, Any] | None,
    **checked: Any,
) -> None:
    """The audit row and the event of one step; `checked`: the duty that was done, and whose work it checked."""
    audit.record(
        session,
        principal,
        action=kind,
        entity="draft",
        entity_id=draft.id,
        owner=draft.uscc,
        before=before,
        after=image(draft),
        **checked,
    )
    tell(session, draft, kind=kind)


def _new_draft(obligation: Obligation, principal: Principal, content: DraftCreate) -> Draft:
    moment = clock.now()
    return Draft(
        id=new_id(),
        obligation_id=obligation.id,
        **obligation.model_dump(include={"permit_number", "uscc", "kind", "period_start", "period_end"}),
        state=rules.State.OPEN,
        version=1,
        content=document_of(content),
        corrects_version=content.corrects.version if content.corrects else None,
        reason=content.corrects.reason if content.corrects else None,
        filed_by=principal.subject,
        filed_under=principal.acting_for,
        filed_at=moment,
        updated_at=moment,
    )

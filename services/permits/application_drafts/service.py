"""Use cases of whoever prepares an application: file it for signature, change it, discard it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.routing import require_match
from services.kit.texts import Text
from services.permits.application_drafts import repository, views
from services.permits.application_drafts.errors import ApplicationDraftInvalid, ApplicationDraftOpen
from services.permits.application_drafts.events import (
    APPLICATION_DRAFT_CHANGED,
    APPLICATION_DRAFT_DISCARDED,
    APPLICATION_DRAFT_FILED,
    path_of,
    tell,
)
from services.permits.application_drafts.models import ApplicationDraft
from services.permits.application_drafts.schemas import (
    ApplicationDraftCreate,
    ApplicationDraftRead,
    ApplicationDraftSummary,
    ApplicationDraftUpdate,
)
from services.permits.applications import rules
from services.permits.applications import views as applications
from services.permits.applications.errors import ApplicationStepNotOpen, ApplicationSuperseded
from services.permits.applications.models import Application
from services.permits.applications.schemas import ApplicationContent
from services.permits.drafts import stepping
from services.permits.drafts.rules import State
from services.permits.enterprises import service as enterprises

_OTHER = Text(zh="与所更正的申请不符", en="is not that of the application which is corrected")


async def file(
    session: AsyncSession, principal: Principal, content: ApplicationDraftCreate
) -> ApplicationDraftRead:
    """A draft of a new application, or of a correction; one at a time for a site. What the rules find is shown."""
    await enterprises.to_prepare_for(
        session, principal.rows, uscc=content.uscc, permit_number=content.permit_number
    )
    corrected = await _corrected(session, principal, content)
    draft = _new_draft(principal, content, corrected)
    present = await repository.open_for(session, draft.uscc, draft.site_name)
    if present is not None:
        raise ApplicationDraftOpen(draft=path_of(present.id))
    session.add(draft)
    await _flush(session)
    record(session, principal, draft, kind=APPLICATION_DRAFT_FILED, before=None)
    return await views.view(session, principal, draft)


async def change(
    session: AsyncSession,
    principal: Principal,
    content: ApplicationDraftUpdate,
    *,
    draft_id: uuid.UUID,
    if_match: str | None,
) -> ApplicationDraftRead:
    """The content anew, if the editor saw the present version (`If-Match`)."""
    draft = await _to_be_changed(session, principal, draft_id, if_match)
    before = image(draft)
    stepping.change(draft, principal, document_of(content))
    draft.site_name = content.content.site_name
    await _flush(session)
    record(session, principal, draft, kind=APPLICATION_DRAFT_CHANGED, before=before)
    return await views.view(session, principal, draft)


async def discard(
    session: AsyncSession, principal: Principal, *, draft_id: uuid.UUID, if_match: str | None
) -> ApplicationDraftRead:
    """Ends a draft without an application."""
    draft = await _to_be_changed(session, principal, draft_id, if_match)
    before = image(draft)
    stepping.discard(draft, principal)
    record(session, principal, draft, kind=APPLICATION_DRAFT_DISCARDED, before=before)
    return await views.view(session, principal, draft)


async def _to_be_changed(
    session: AsyncSession, principal: Principal, draft_id: uuid.UUID, if_match: str | None
) -> ApplicationDraft:
    draft = await views.get(session, principal.rows, draft_id, lock=True)
    require_match(if_match, etag=views.etag(ApplicationDraftSummary.model_validate(draft)))
    return draft


async def _corrected(
    session: AsyncSession, principal: Principal, content: ApplicationDraftCreate
) -> Application | None:
    """The application that a draft corrects, where the correction is open; who applies for what is as it was."""
    if content.corrects is None:
        return None
    application = await applications.get(session, principal.rows, content.corrects.application_id)
    if rules.after(rules.State(application.state), rules.Step.CORRECT) is None:
        raise ApplicationStepNotOpen(state=application.state)
    if content.corrects.version != application.version:
        raise ApplicationSuperseded(version=application.version)
    found = Findings()
    for name in ("uscc", "kind", "permit_number"):
        if getattr(content, name) != getattr(application, name):
            found.add(
                f"/{name}",
                "not_of_the_application",
                _OTHER,
                article=rules.ARTICLE_ACCEPTANCE,
                rests_on=("/corrects",),
            )
    found.raise_if_any(ApplicationDraftInvalid)
    return application


async def _flush(session: AsyncSession) -> None:
    """Two drafts of a site that come at once: the index lets one in."""
    try:
        await session.flush()
    except IntegrityError as error:
        raise ApplicationDraftOpen() from error


def document_of(content: ApplicationContent) -> dict[str, Any]:
    """An application's content as it is stored, without who applies for what."""
    return content.model_dump(mode="json", include=set(ApplicationContent.model_fields))


def image(draft: ApplicationDraft) -> dict[str, Any]:
    return stepping.image(draft, became="application_id")


def record(
    session: AsyncSession,
    principal: Principal,
    draft: ApplicationDraft,
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
        entity="application_draft",
        entity_id=draft.id,
        owner=draft.uscc,
        before=before,
        after=image(draft),
        **checked,
    )
    tell(session, draft, kind=kind)


def _new_draft(
    principal: Principal, content: ApplicationDraftCreate, corrected: Application | None
) -> ApplicationDraft:
    moment = clock.now()
    return ApplicationDraft(
        id=new_id(),
        **content.model_dump(include={"uscc", "kind", "permit_number"}),
        site_name=content.content.site_name,
        state=State.OPEN,
        version=1,
        content=document_of(content),
        corrects_version=corrected.version if corrected else None,
        application_id=corrected.id if corrected else None,
        filed_by=principal.subject,
        filed_under=principal.acting_for,
        filed_at=moment,
        updated_at=moment,
    )

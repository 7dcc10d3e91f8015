"""Draft applications as they are read: with everything that the rules say about them."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal, RowScope
from services.permits.application_drafts import repository
from services.permits.application_drafts.models import ApplicationDraft
from services.permits.application_drafts.schemas import ApplicationDraftRead, ApplicationDraftSummary
from services.permits.applications import dry_run
from services.permits.applications.schemas import (
    ApplicationContent,
    ApplicationCorrection,
    ApplicationCreate,
)
from services.permits.drafts.errors import DraftNotFound


async def get(
    session: AsyncSession, rows: RowScope, draft_id: uuid.UUID, *, lock: bool = False
) -> ApplicationDraft:
    draft = await repository.by_id(session, draft_id, rows=rows, lock=lock)
    if draft is None:
        raise DraftNotFound()
    return draft


def as_application(draft: ApplicationDraft) -> ApplicationCreate:
    """The draft as it would be submitted."""
    named = draft.model_dump(include={"uscc", "kind", "permit_number"})
    return ApplicationCreate.model_validate({**draft.content, **named})


def as_correction(draft: ApplicationDraft) -> ApplicationCorrection:
    """The draft as the correction of its application."""
    return ApplicationCorrection.model_validate({**draft.content, "corrects_version": draft.corrects_version})


async def view(session: AsyncSession, principal: Principal, draft: ApplicationDraft) -> ApplicationDraftRead:
    """A draft with its findings, none of which refuses it; of one that has ended nothing is said any more."""
    found = dry_run.NOTHING
    if draft.state == "open" and draft.corrects_version is not None and draft.application_id is not None:
        correction = as_correction(draft)
        found = await dry_run.of_correction(
            session, principal, correction, application_id=draft.application_id
        )
    elif draft.state == "open":
        found = await dry_run.of_submission(session, principal, as_application(draft))
    return ApplicationDraftRead(
        **ApplicationDraftSummary.model_validate(draft).model_dump(),
        content=ApplicationContent.model_validate(draft.content),
        findings=found.errors,
        remarks=found.remarks,
    )


def etag(draft: ApplicationDraftSummary) -> str:
    """Changes with every step of a draft."""
    return f'"{draft.version}"'

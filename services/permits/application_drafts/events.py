"""Facts about draft applications. They hold nothing of the content: it is the enterprise's own until it is signed."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.application_drafts.models import ApplicationDraft


class ApplicationDraftFact(Schema):
    """Payload of all four: which draft, for which site, and how it stands."""

    draft_id: uuid.UUID
    uscc: str
    kind: str
    permit_number: str | None
    site_name: str
    version: int
    state: str
    corrects_version: int | None
    application_id: uuid.UUID | None


APPLICATION_DRAFT_FILED = EventType(
    "permits.application_draft_filed.v1",
    ApplicationDraftFact,
    Text(zh="申请草稿已填报，待签署", en="A draft application was filed for signature"),
)
APPLICATION_DRAFT_CHANGED = EventType(
    "permits.application_draft_changed.v1",
    ApplicationDraftFact,
    Text(zh="申请草稿已修改", en="A draft application was changed"),
)
APPLICATION_DRAFT_SIGNED = EventType(
    "permits.application_draft_signed.v1",
    ApplicationDraftFact,
    Text(zh="申请草稿已签署并提交", en="A draft was signed and is the application"),
)
APPLICATION_DRAFT_DISCARDED = EventType(
    "permits.application_draft_discarded.v1",
    ApplicationDraftFact,
    Text(zh="申请草稿已作废", en="A draft application was discarded"),
)


def path_of(draft_id: uuid.UUID) -> str:
    return f"/v1/permits/application-drafts/{draft_id}"


def tell(session: AsyncSession, draft: ApplicationDraft, *, kind: EventType) -> None:
    """Emits one fact, for the enterprise and the bureau."""
    known = draft.model_dump(include=set(ApplicationDraftFact.model_fields) - {"draft_id"})
    fact = ApplicationDraftFact(draft_id=draft.id, **known)
    events.emit(session, kind=kind, subject=path_of(draft.id), owner=draft.uscc, fact=fact)

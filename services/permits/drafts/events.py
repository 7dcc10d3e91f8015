"""Facts about draft reports. They hold no figures: a draft is the enterprise's own until it is signed."""

from __future__ import annotations

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.drafts.models import Draft


class DraftFact(Schema):
    """Payload of all four: which draft, for which report, and how it stands."""

    draft_id: uuid.UUID
    obligation_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: str
    period_start: date
    period_end: date
    version: int
    state: str
    report_id: uuid.UUID | None
    corrects_version: int | None


DRAFT_FILED = EventType(
    "permits.draft_filed.v1",
    DraftFact,
    Text(zh="执行报告草稿已填报", en="A draft report was filed for signature"),
)
DRAFT_CHANGED = EventType(
    "permits.draft_changed.v1", DraftFact, Text(zh="执行报告草稿已修改", en="A draft report was changed")
)
DRAFT_SIGNED = EventType(
    "permits.draft_signed.v1",
    DraftFact,
    Text(zh="执行报告草稿已签署", en="A draft was signed and is the report"),
)
DRAFT_DISCARDED = EventType(
    "permits.draft_discarded.v1", DraftFact, Text(zh="执行报告草稿已作废", en="A draft report was discarded")
)


def tell(session: AsyncSession, draft: Draft, *, kind: EventType) -> None:
    """Emits one fact, for the enterprise and the bureau."""
    fact = DraftFact(
        draft_id=draft.id, **draft.model_dump(include=set(DraftFact.model_fields) - {"draft_id"})
    )
    events.emit(
        session,
        kind=kind,
        subject=f"/v1/permits/drafts/{draft.id}",
        owner=draft.uscc,
        fact=fact,
    )

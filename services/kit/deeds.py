"""What was done, told twice under one name: in the trail with who did it, and as an event to whoever may read that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, events
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType


def record(
    session: AsyncSession,
    principal: Principal,
    *,
    kind: EventType,
    entity: str,
    entity_id: object,
    subject: str,
    fact: BaseModel,
    owner: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    duty: str | None = None,
    counterparts: Sequence[str] = (),
) -> None:
    """As `audit.record` and `events.emit` have it. In the trail stands the fact, unless `after` is given."""
    audit.record(
        session,
        principal,
        action=kind,
        entity=entity,
        entity_id=entity_id,
        owner=owner,
        before=before,
        after=fact.model_dump(mode="json") if after is None else after,
        duty=duty,
        counterparts=counterparts,
    )
    events.emit(session, kind=kind, subject=subject, owner=owner, fact=fact)

"""The audit trail: written in the same transaction as the change, and never changed itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, trace
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.ids import new_id
from services.kit.tables import AuditRow
from services.kit.told import tell


def record(
    session: AsyncSession,
    principal: Principal,
    *,
    action: str | EventType,
    entity: str,
    entity_id: object,
    owner: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    duty: str | None = None,
    counterparts: Sequence[str] = (),
    refusal: str | None = None,
    request_id: str | None = None,
    traceparent: str | None = None,
) -> None:
    """Adds one audit row: who (`principal`), what (`action` on `entity`), before and after as JSON objects.

    `duty` names the four-eyes duty that was performed (`review`, `approve`, `confirm`) and `counterparts` those whose
    work it checked; `refusal` is the code of the problem that a denied attempt was answered with. Request and trace are
    those of the present context, unless given. The delegation that the caller acts under is on the row by itself.
    """
    row = {
        "id": new_id(),
        "at": clock.now(),
        "actor": principal.subject,
        "actor_roles": list(principal.roles),
        "action": str(action),
        "entity": entity,
        "entity_id": str(entity_id),
        "owner": owner,
        "before": before,
        "after": after,
        "request_id": request_id or trace.request_id.get(),
        "traceparent": traceparent or trace.traceparent.get(),
        "authority": principal.acting_for,
        "duty": duty,
        "counterparts": sorted(set(counterparts)) or None,
        "refusal": refusal,
    }
    tell(session, AuditRow, row)

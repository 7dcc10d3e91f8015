"""Refusals that belong in the audit trail: who tried what and was not let.

The request's own transaction is rolled back, so the row is written in another one, before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from services.kit import audit
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.problems import Conflict
from services.kit.telemetry import log
from services.kit.texts import Text

ACTION = "attempt_refused.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was tried on which record, and whose work it would have checked."""

    entity: str
    entity_id: object
    owner: str | None = None
    duty: str | None = None
    counterparts: Sequence[str] = ()


class AuditedRefusal(Conflict):
    """A refusal that leaves a row in the audit trail: four eyes that were two.

    公务员法 art. 76: who has a stake in a matter, or may not be fair in it, stands back. That one's own work is such a
    matter is our reading.
    """

    article = "公务员法 第七十六条"

    def __init__(self, attempt: Attempt, detail: Text | None = None) -> None:
        super().__init__(detail)
        self.attempt = attempt


async def record_refusal(
    database: Database, service: str, principal: Principal, refusal: AuditedRefusal
) -> None:
    """Writes the row. The refusal stands, whether that succeeds or not."""
    attempt = refusal.attempt
    try:
        async with database.transaction() as session:
            audit.record(
                session,
                principal,
                action=f"{service}.{ACTION}",
                entity=attempt.entity,
                entity_id=attempt.entity_id,
                owner=attempt.owner,
                duty=attempt.duty,
                counterparts=attempt.counterparts,
                refusal=refusal.code,
            )
    except (OSError, SQLAlchemyError) as error:
        log.error("refusal_not_recorded", code=refusal.code, entity=attempt.entity, error=repr(error))

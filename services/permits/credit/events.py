"""What permits reads from credit's feed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.consumers import Consumer
from services.kit.neighbours import ServiceIdentity
from services.kit.schemas import Moment, Schema
from services.permits.credit.models import CreditGrade

GRADE_CHANGED = "credit.grade_changed.v1"


class GradeChanged(Schema, extra="ignore"):
    """What permits needs of the payload; credit may say more."""

    uscc: str
    grade: str
    grade_name: str
    rule_pack: str
    evaluated_at: Moment


async def on_grade_changed(session: AsyncSession, event: dict[str, Any]) -> None:
    """Keeps the newest grade. An older one changes nothing, so that a replay ends where it began."""
    fact = GradeChanged.model_validate(event["data"])
    row = insert(CreditGrade).values(fact.model_dump())
    newer = col(CreditGrade.evaluated_at) < row.excluded.evaluated_at
    said = {name: row.excluded[name] for name in ("grade", "grade_name", "rule_pack", "evaluated_at")}
    await session.exec(row.on_conflict_do_update(index_elements=["uscc"], set_=said, where=newer))


def consumer(identity: ServiceIdentity, credit_url: str) -> Consumer:
    """The consumer of credit's feed."""
    return Consumer(
        name="permits.credit_grades",
        source="credit",
        fetch=identity.feed(credit_url, "credit"),
        handlers={GRADE_CHANGED: on_grade_changed},
    )

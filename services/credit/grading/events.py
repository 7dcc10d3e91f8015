"""Facts about grades."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading.models import Evaluation
from services.kit import events
from services.kit.schemas import Exact, Moment, Schema

GRADE_CHANGED = "credit.grade_changed.v1"
PACK_PUBLISHED = "credit.rule_pack_published.v1"
EVALUATED = "credit.evaluated.v1"


class GradeChanged(Schema):
    """Payload: the new grade, and what it replaces (null for the first)."""

    uscc: str
    grade: str
    grade_name: str
    previous_grade: str | None
    score: Exact
    rule_pack: str
    rule_hash: str
    evaluated_at: Moment
    evaluation_index: int


class PackPublished(Schema):
    """Payload: the rules that were adopted."""

    rule_pack: str
    rule_hash: str
    index: int


def tell_grade(session: AsyncSession, evaluation: Evaluation) -> None:
    """Emits the change; the enterprise and the bureau may read it."""
    fact = GradeChanged(
        evaluation_index=evaluation.log_index,
        **evaluation.model_dump(include=set(GradeChanged.model_fields)),
    )
    events.emit(
        session,
        kind=GRADE_CHANGED,
        subject=f"/v1/credit/evaluations/{evaluation.id}",
        owner=evaluation.uscc,
        data=fact.model_dump(mode="json"),
    )

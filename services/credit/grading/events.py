"""Facts about grades."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading.models import Evaluation
from services.kit import events
from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Exact, Moment, Schema
from services.kit.texts import Text

# Only in the audit trail
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


GRADE_CHANGED = EventType(
    "credit.grade_changed.v1",
    GradeChanged,
    Text(zh="信用等级已变化", en="The grade of an enterprise changed"),
)
PACK_PUBLISHED = EventType(
    "credit.rule_pack_published.v1",
    PackPublished,
    Text(zh="评价规则包已发布", en="A rule pack was published"),
    Readers.PUBLIC,
)


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
        fact=fact,
    )

"""Facts about obligations: what is owed has changed; somebody is reminded, or told that a report is late."""

from __future__ import annotations

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.obligations.models import Obligation
from services.permits.obligations.rules_notices import Step


class ObligationFact(Schema):
    """Which report, by when and why."""

    obligation_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: str
    period_start: date
    period_end: date
    due_on: date
    due_basis: str
    standing: str
    reason: str | None


class ObligationChanged(ObligationFact):
    """Payload: an obligation that stands otherwise than before, or is due on another day."""

    previous_standing: str
    previous_due_on: date


class ObligationReopened(ObligationFact):
    """Payload: the report that had answered it was not the enterprise's own; how late it is by now."""

    report_id: uuid.UUID
    days_late: int
    article: str | None


class ObligationNoticed(ObligationFact):
    """Payload: a report that is due soon, or is late; `level` is who should look at it."""

    step: str
    level: str
    days_left: int
    days_late: int
    article: str | None


OBLIGATION_CHANGED = EventType(
    "permits.obligation_changed.v1",
    ObligationChanged,
    Text(zh="报告任务已调整", en="A report obligation was changed"),
)
OBLIGATION_REOPENED = EventType(
    "permits.obligation_reopened.v1",
    ObligationReopened,
    Text(zh="报告被否认，该期需重新报送", en="A period is owed again: its report was repudiated"),
)
OBLIGATION_DUE_SOON = EventType(
    "permits.obligation_due_soon.v1",
    ObligationNoticed,
    Text(zh="执行报告即将到期", en="A report is due soon"),
)
OBLIGATION_LATE = EventType(
    "permits.obligation_late.v1",
    ObligationNoticed,
    Text(zh="执行报告逾期未报", en="A report is late"),
)
ARTICLE_LATE = "排污许可管理条例 第三十七条"


def _fact(obligation: Obligation) -> dict[str, object]:
    return {
        "obligation_id": obligation.id,
        **obligation.model_dump(include=set(ObligationFact.model_fields) - {"obligation_id"}),
    }


def tell_changed(
    session: AsyncSession, obligation: Obligation, *, previous_standing: str, previous_due_on: date
) -> None:
    fact = {**_fact(obligation), "previous_standing": previous_standing, "previous_due_on": previous_due_on}
    _emit(session, obligation, OBLIGATION_CHANGED, ObligationChanged.model_validate(fact))


def tell_reopened(
    session: AsyncSession, obligation: Obligation, *, report_id: uuid.UUID, days_late: int
) -> None:
    article = ARTICLE_LATE if days_late else None
    fact = {**_fact(obligation), "report_id": report_id, "days_late": days_late, "article": article}
    _emit(session, obligation, OBLIGATION_REOPENED, ObligationReopened.model_validate(fact))


def tell_noticed(session: AsyncSession, obligation: Obligation, step: Step, *, today: date) -> None:
    """A reminder, or that a report is late (条例 art. 37: each report that is not submitted counts)."""
    days = (today - obligation.due_on).days
    fact = ObligationNoticed.model_validate(
        {
            **_fact(obligation),
            "step": step.name,
            "level": step.level,
            "days_left": max(0, -days),
            "days_late": max(0, days),
            "article": None if step.ahead else ARTICLE_LATE,
        }
    )
    _emit(session, obligation, OBLIGATION_DUE_SOON if step.ahead else OBLIGATION_LATE, fact)


def _emit(session: AsyncSession, obligation: Obligation, kind: EventType, fact: Schema) -> None:
    subject = f"/v1/permits/obligations/{obligation.id}"
    events.emit(session, kind=kind, subject=subject, owner=obligation.uscc, fact=fact)

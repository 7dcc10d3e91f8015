"""Facts about obligations: what is owed has changed; somebody is reminded, or told that a report is late or samples are
missing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.obligations.models import Obligation, SamplingNotice
from services.permits.obligations.rules_notices import Step
from services.permits.obligations.rules_sampling import ARTICLE_FREQUENCY


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


class MissingSamples(Schema):
    """Samples that one window of the plan wants and nobody has recorded."""

    place: str
    pollutant_code: str
    first: date
    last: date
    wanted: int
    taken: int
    basis: str


class SamplingsNoticed(Schema):
    """Payload: samples of one permit that are due soon, or were not taken; `level` is who should look at them."""

    permit_number: str
    uscc: str
    step: str
    level: str
    samplings: list[MissingSamples]
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
SAMPLINGS_DUE_SOON = EventType(
    "permits.samplings_due_soon.v1",
    SamplingsNoticed,
    Text(zh="自行监测即将到期", en="Samples are to be taken soon"),
)
SAMPLINGS_MISSING = EventType(
    "permits.samplings_missing.v1",
    SamplingsNoticed,
    Text(zh="自行监测缺测", en="Samples were not taken, or are not recorded"),
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


def tell_samplings(session: AsyncSession, told: Sequence[SamplingNotice]) -> None:
    """A reminder of samples, or that they are missing: one event for a permit and step, whatever it is about."""
    one = told[0]
    ahead = one.days < 0
    fact = SamplingsNoticed(
        **one.model_dump(include={"permit_number", "uscc", "step", "level"}),
        samplings=[
            MissingSamples.model_validate(each.model_dump(include=set(MissingSamples.model_fields)))
            for each in told
        ],
        article=None if ahead else ARTICLE_FREQUENCY,
    )
    kind = SAMPLINGS_DUE_SOON if ahead else SAMPLINGS_MISSING
    subject = f"/v1/permits/permits/{one.permit_number}"
    events.emit(session, kind=kind, subject=subject, owner=one.uscc, fact=fact)

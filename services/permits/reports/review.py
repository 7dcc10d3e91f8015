"""Use case of the bureau: decide on the present version of a report."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.attempts import Attempt
from services.kit.auth import Principal
from services.kit.findings import FieldError
from services.kit.ids import new_id
from services.kit.texts import Text
from services.permits.reports import repository, rules, views
from services.permits.reports.errors import (
    CommentRequired,
    FourEyes,
    ReportNotFound,
    StepNotOpen,
    VersionSuperseded,
)
from services.permits.reports.events import REPORT_ACCEPTED, REPORT_RETURNED, tell
from services.permits.reports.models import Report, Review
from services.permits.reports.schemas import ReportRead, ReviewCreate

_COMMENT = Text(zh="退回时应说明理由", en="say why the report is returned")
_STEPS = {"accept": rules.Step.ACCEPT, "return": rules.Step.RETURN}
_EVENTS = {"accept": REPORT_ACCEPTED, "return": REPORT_RETURNED}


async def decide(
    session: AsyncSession, principal: Principal, content: ReviewCreate, *, report_id: uuid.UUID
) -> ReportRead:
    """Accepts or returns the version that the reviewer read; 409 where there is a newer one."""
    report = await repository.by_id(session, report_id, rows=principal.rows, lock=True)
    version = await repository.version_of(session, report_id, report.version) if report else None
    if report is None or version is None:
        raise ReportNotFound()
    state = rules.after(rules.State(report.state), _STEPS[content.decision])
    if state is None:
        raise StepNotOpen(state=report.state)
    if content.version != report.version:
        raise VersionSuperseded(version=report.version)
    if version.submitted_by == principal.subject:
        raise FourEyes(
            Attempt(
                entity="report",
                entity_id=report.id,
                owner=report.uscc,
                duty="review",
                counterparts=[version.submitted_by],
            )
        )
    if content.decision == "return" and content.comment is None:
        raise CommentRequired(
            errors=[FieldError("/comment", "comment_required", _COMMENT, article=rules.ARTICLE_REPORT)]
        )
    before = {"state": report.state, "version": report.version}
    report.state = state
    report.updated_at = clock.now()
    session.add(_review(report, principal, content))
    await session.flush()
    kind = _EVENTS[content.decision]
    audit.record(
        session,
        principal,
        action=kind,
        entity="report",
        entity_id=report.id,
        owner=report.uscc,
        before=before,
        after={"state": report.state, "version": report.version, "comment": content.comment},
        duty="review",
        counterparts=[version.submitted_by],
    )
    tell(session, report, version, kind=kind)
    return await views.read(session, principal.rows, report_id=report.id)


def _review(report: Report, principal: Principal, content: ReviewCreate) -> Review:
    return Review(
        id=new_id(),
        report_id=report.id,
        reviewer=principal.subject,
        reviewed_at=clock.now(),
        **content.model_dump(),
    )

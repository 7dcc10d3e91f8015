"""Use case of the bureau: enter that a report was returned, forwarded, verified or its result fed back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.attempts import Attempt
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.texts import Text
from services.kit.working_days import WorkingCalendar
from services.permits.greenhouse import repository, rules, service
from services.permits.greenhouse.errors import (
    GreenhouseFourEyes,
    GreenhouseInvalid,
    GreenhouseReportNotFound,
    GreenhouseStepNotOpen,
    GreenhouseSuperseded,
)
from services.permits.greenhouse.events import (
    GREENHOUSE_FED_BACK,
    GREENHOUSE_FORWARDED,
    GREENHOUSE_RETURNED,
    GREENHOUSE_VERIFIED,
)
from services.permits.greenhouse.factors import Factors
from services.permits.greenhouse.models import GreenhouseReport, GreenhouseStep
from services.permits.greenhouse.schemas import GreenhouseRead, GreenhouseStepCreate
from services.permits.greenhouse.submission import record

_EVENTS = {
    "return": GREENHOUSE_RETURNED,
    "forward": GREENHOUSE_FORWARDED,
    "verify": GREENHOUSE_VERIFIED,
    "feed_back": GREENHOUSE_FED_BACK,
}
_RESULT = Text(zh="核查应有结论和核定排放量", en="a verification has a conclusion and an amount")
_NO_RESULT = Text(zh="只有核查才填结论和核定排放量", en="only a verification has a conclusion and an amount")
_NOTE = Text(zh="退回时应说明理由", en="say why the report is returned")


async def enter(
    session: AsyncSession,
    principal: Principal,
    content: GreenhouseStepCreate,
    *,
    report_id: uuid.UUID,
    factors: Factors,
    calendar: Callable[[], WorkingCalendar],
) -> GreenhouseRead:
    """One step of the version that was read; 409 where the state does not allow it or there is a newer version."""
    report = await service.report_of(session, principal.rows, report_id, lock=True)
    version = await repository.version_of(session, report.id, report.version)
    if version is None:
        raise GreenhouseReportNotFound()
    state = rules.after(rules.State(report.state), rules.Step(content.step))
    if state is None:
        raise GreenhouseStepNotOpen(state=report.state)
    if content.version != report.version:
        raise GreenhouseSuperseded(version=report.version)
    if version.submitted_by == principal.subject:
        raise GreenhouseFourEyes(
            Attempt(
                entity="greenhouse_report",
                entity_id=report.id,
                owner=report.uscc,
                duty="review",
                counterparts=[version.submitted_by],
            )
        )
    _findings_of(content, report).raise_if_any(GreenhouseInvalid)
    before = report.state
    _take(report, content, state, factors, calendar)
    session.add(
        GreenhouseStep(
            id=new_id(),
            report_id=report.id,
            entered_by=principal.subject,
            entered_at=clock.now(),
            **content.model_dump(include={"step", "on_day", "basis", "note"}),
        )
    )
    await session.flush()
    record(session, principal, report, version, kind=_EVENTS[content.step], before=before, duty="review")
    return await service.read(session, principal.rows, report_id=report.id)


def _findings_of(content: GreenhouseStepCreate, report: GreenhouseReport) -> Findings:
    found = Findings()
    rules.check_follows(found, "/on_day", day=content.on_day, earliest=report.stood_on, today=clock.today())
    article = rules.ARTICLE_VERIFICATION
    for name in ("conclusion", "verified_t"):
        given = getattr(content, name) is not None
        if given != (content.step == "verify"):
            text = _NO_RESULT if given else _RESULT
            code = "result_superfluous" if given else "result_missing"
            found.add(f"/{name}", code, text, article=article, rests_on=("/step",))
    if content.step == "verify" and content.conclusion is not None and content.verified_t is not None:
        rules.check_result(
            found, conclusion=content.conclusion, verified=content.verified_t, reported=report.total_t
        )
    if content.step == "return" and content.note is None:
        found.add("/note", "comment_required", _NOTE, article=rules.ARTICLE_VERIFICATION, rests_on=("/step",))
    return found


def _take(
    report: GreenhouseReport,
    content: GreenhouseStepCreate,
    state: rules.State,
    factors: Factors,
    calendar: Callable[[], WorkingCalendar],
) -> None:
    report.state, report.stood_on, report.updated_at = state, content.on_day, clock.now()
    if content.step == "return":
        report.forwarded_on = None
    if content.step == "forward":
        report.forwarded_on = content.on_day
    if content.step == "verify":
        due = calendar().deadline_after(content.on_day, factors.reporting.feedback_working_days)
        report.verification_ended_on = content.on_day
        report.conclusion, report.verified_t = content.conclusion, content.verified_t
        report.feedback_due_on, report.feedback_provisional = due.on, due.provisional
    if content.step == "feed_back":
        report.fed_back_on = content.on_day

"""Use case of the representative: a submission in the enterprise's name was not its own.

40 CFR part 3 (CROMERR) asks for the opportunity to review and repudiate; Chinese law has no such rule. The report is
then under inquiry: it is no longer published, and its period is open again until a version is signed anew.
"""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.permits.obligations import service as obligations
from services.permits.reports import configuration, repository, rules, views
from services.permits.reports.errors import (
    ReportNotFound,
    RepudiationOver,
    StepNotOpen,
    VersionSuperseded,
)
from services.permits.reports.events import REPORT_REPUDIATED, tell
from services.permits.reports.models import Repudiation
from services.permits.reports.schemas import ReportRead, RepudiationCreate
from services.permits.violations import judging as violations


async def repudiate(
    session: AsyncSession, principal: Principal, content: RepudiationCreate, *, report_id: uuid.UUID
) -> ReportRead:
    """Takes the newest version out of force; what was sent and its receipt stay."""
    found = await repository.with_obligation(session, report_id, rows=principal.rows)
    version = await repository.version_of(session, report_id, found[0].version) if found else None
    if found is None or version is None:
        raise ReportNotFound()
    report, obligation = found
    if content.version != report.version:
        raise VersionSuperseded(version=report.version)
    state = rules.after(rules.State(report.state), rules.Step.REPUDIATE)
    if state is None:
        raise StepNotOpen(state=report.state)
    submitted_on = version.submitted_at.astimezone(clock.CITY_TIME).date()
    last = rules.last_day_to_repudiate(submitted_on, configuration.repudiation_days())
    if clock.today() > last:
        raise RepudiationOver(last_day=last.isoformat())
    before = {"state": report.state, "version": report.version}
    report.state, report.updated_at = state, clock.now()
    session.add(
        Repudiation(
            id=new_id(),
            report_id=report.id,
            repudiated_by=principal.subject,
            repudiated_at=clock.now(),
            **content.model_dump(),
        )
    )
    audit.record(
        session,
        principal,
        action=REPORT_REPUDIATED,
        entity="report",
        entity_id=report.id,
        owner=report.uscc,
        before=before,
        after={"state": report.state, "version": report.version, "statement": content.statement},
        counterparts=[version.submitted_by],
    )
    tell(session, report, version, kind=REPORT_REPUDIATED)
    obligations.reopen(session, principal, obligation)
    await violations.unanswered(session, principal, obligation.id, due_on=obligation.due_on)
    await session.flush()
    return await views.read(session, principal.rows, report_id=report.id)

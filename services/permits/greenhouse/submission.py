"""Use cases of the representative: submit the year's report, correct it. Each answer carries a signed receipt."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.fuels.kinds import Fuel
from services.permits.greenhouse import repository, rules, service, views
from services.permits.greenhouse.errors import (
    GreenhouseInvalid,
    GreenhouseReported,
    GreenhouseStepNotOpen,
    GreenhouseSuperseded,
    NotKeyEmitter,
)
from services.permits.greenhouse.events import (
    GREENHOUSE_CORRECTED,
    GREENHOUSE_SUBMITTED,
    GreenhouseReportFact,
)
from services.permits.greenhouse.factors import Factors
from services.permits.greenhouse.models import GreenhouseFact, GreenhouseReport, GreenhouseVersion
from services.permits.greenhouse.schemas import (
    GreenhouseContent,
    GreenhouseCorrection,
    GreenhouseCreate,
    GreenhouseSubmitted,
)
from services.permits.greenhouse.sheet import OtherGas, Sheet, sheet

RECEIPT_KIND = "permits.greenhouse_report"


@dataclass(frozen=True, slots=True)
class Means:
    """What a submission needs beside its content: the data of the city, and who issues receipts."""

    factors: Factors
    kinds: Mapping[str, Fuel]
    office: ReceiptOffice


async def submit(
    session: AsyncSession, principal: Principal, content: GreenhouseCreate, *, means: Means
) -> GreenhouseSubmitted:
    """The first report of a year. Two at once: the lock on the listing lets one win, the other gets 409."""
    known = await enterprises.by_uscc(session, content.uscc, rows=principal.rows)
    if known is None or not principal.rows.covers(content.uscc):
        raise EnterpriseNotFound()
    unit = await repository.unit(session, content.uscc, content.year, rows=principal.rows, lock=True)
    if unit is None:
        raise NotKeyEmitter()
    if (content.uscc, content.year) in await repository.reports_of(session, [(content.uscc, content.year)]):
        raise GreenhouseReported()
    made = await _worked_out(session, content.uscc, content.year, content, means)
    report = _new_report(content, made, means.factors)
    session.add(report)
    await session.flush()
    version = await _add_version(session, principal, report, content, made, means, reason=None)
    record(session, principal, report, version, kind=GREENHOUSE_SUBMITTED)
    return _submitted(report, version)


async def correct(
    session: AsyncSession,
    principal: Principal,
    content: GreenhouseCorrection,
    *,
    report_id: uuid.UUID,
    means: Means,
) -> GreenhouseSubmitted:
    """A corrected version before the report is forwarded; it rests on the newest facts, the old one keeps its own."""
    report = await service.report_of(session, principal.rows, report_id, lock=True)
    state = rules.after(rules.State(report.state), rules.Step.CORRECT)
    if state is None:
        raise GreenhouseStepNotOpen(state=report.state)
    if content.corrects_version != report.version:
        raise GreenhouseSuperseded(version=report.version)
    made = await _worked_out(session, report.uscc, report.year, content, means)
    report.state, report.version, report.total_t = state, report.version + 1, made.total
    report.stood_on, report.updated_at = clock.today(), clock.now()
    version = await _add_version(session, principal, report, content, made, means, reason=content.reason)
    record(session, principal, report, version, kind=GREENHOUSE_CORRECTED)
    return _submitted(report, version)


async def _worked_out(
    session: AsyncSession, uscc: str, year: int, content: GreenhouseContent, means: Means
) -> Sheet:
    """The sheet, or everything that is wrong with what the report rests on."""
    facts = await service.facts_of_year(session, uscc, year, kinds=means.kinds)
    others = [OtherGas(**each.model_dump()) for each in content.other_gases]
    made = sheet(year, facts, others, means.factors)
    found = Findings()
    rules.check_year(found, year=year, today=clock.today())
    named = [rules.Named(each.fact_id, each.version) for each in content.facts]
    rules.check_facts(found, named, {each.fact_id: each.version for each in facts})
    rules.check_gases(found, [(each.gas, each.process) for each in content.other_gases])
    gases = [each.gas for each in content.other_gases]
    rules.check_sheet(found, year=year, lines=len(made.lines), missing=made.missing, gases=gases)
    found.raise_if_any(GreenhouseInvalid)
    return made


def _new_report(content: GreenhouseCreate, made: Sheet, factors: Factors) -> GreenhouseReport:
    today, due = clock.today(), service.due_on(content.year, factors)
    return GreenhouseReport(
        id=new_id(),
        uscc=content.uscc,
        year=content.year,
        state=rules.State.SUBMITTED,
        version=1,
        total_t=made.total,
        due_on=due,
        days_late=rules.days_late(due, today),
        keep_until=rules.keep_until(content.year, years=factors.reporting.records_years),
        first_submitted_on=today,
        stood_on=today,
        updated_at=clock.now(),
    )


async def _add_version(
    session: AsyncSession,
    principal: Principal,
    report: GreenhouseReport,
    content: GreenhouseContent,
    made: Sheet,
    means: Means,
    *,
    reason: str | None,
) -> GreenhouseVersion:
    """What was signed is the content with the sheet that was worked out from it: the total is part of it."""
    worked_out = views.sheet_view(made, means.factors).model_dump(mode="json")
    document: dict[str, Any] = {
        **content.model_dump(mode="json"),
        **{"uscc": report.uscc, "year": report.year, "version": report.version, "sheet": worked_out},
    }
    issued = means.office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/permits/greenhouse/reports/{report.id}/versions/{report.version}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=report.uscc,
    )
    version = GreenhouseVersion(
        id=new_id(),
        report_id=report.id,
        version=report.version,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        sheet=worked_out,
        total_t=made.total,
        reason=reason,
        submitted_by=principal.subject,
        submitted_at=clock.now(),
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )
    session.add(version)
    await session.flush()
    session.add_all(
        GreenhouseFact(version_id=version.id, fact_id=each.fact_id, fact_version=each.version)
        for each in content.facts
    )
    await session.flush()
    return version


def _submitted(report: GreenhouseReport, version: GreenhouseVersion) -> GreenhouseSubmitted:
    return GreenhouseSubmitted(report=views.summary_view(report), newest=views.version_view(version))


def record(
    session: AsyncSession,
    principal: Principal,
    report: GreenhouseReport,
    version: GreenhouseVersion,
    *,
    kind: EventType,
    before: str | None = None,
    duty: str | None = None,
) -> None:
    """The audit row and the event of one step of a report."""
    fact = GreenhouseReportFact(
        report_id=report.id,
        document_sha256=version.document_sha256,
        **report.model_dump(
            include=set(GreenhouseReportFact.model_fields) - {"report_id", "document_sha256"}
        ),
    )
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="greenhouse_report",
        entity_id=report.id,
        subject=f"/v1/permits/greenhouse/reports/{report.id}",
        owner=report.uscc,
        before={"state": before} if before else None,
        duty=duty,
        counterparts=[version.submitted_by] if duty else (),
        fact=fact,
    )

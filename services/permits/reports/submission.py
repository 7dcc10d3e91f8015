"""Use cases of the enterprise: submit a report, correct it. Each answer carries a signed receipt."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.canonical import canonical_json
from services.kit.driven import detached
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.permits.attachments import repository as attachments
from services.permits.attachments.models import Attachment
from services.permits.attachments.sealing import sealed
from services.permits.obligations import service as obligations
from services.permits.obligations.models import Obligation
from services.permits.obligations.rules import days_late, may_be_reported
from services.permits.reports import checks, fuel, repository, rules, storing, views
from services.permits.reports.errors import (
    AlreadyReported,
    PeriodNotOver,
    ReportInvalid,
    ReportNotFound,
    StepNotOpen,
    VersionSuperseded,
)
from services.permits.reports.events import REPORT_CORRECTED, REPORT_SUBMITTED, tell
from services.permits.reports.evidence import Evidence, evidence_of
from services.permits.reports.models import Report, ReportVersion
from services.permits.reports.schemas import ReportContent, ReportCorrection, ReportCreate, Submitted
from services.permits.violations import judging as violations

_ALWAYS_SAID = {
    "outlet_code",
    "pollutant_code",
    "concentration_max",
    "concentration_average",
    "amount_t",
    "method",
    "no_data_code",
}
_LISTS = (
    *("values", "totals", "special_values", "facilities", "materials"),
    *("unpermitted_discharges", "disclosures"),
)
RECEIPT_KIND = "permits.execution_report"


async def submit(
    session: AsyncSession,
    principal: Principal,
    content: ReportCreate,
    *,
    office: ReceiptOffice,
    at_end: bool = False,
) -> Submitted:
    """The first report for an obligation. Two that come at once: the row lock lets one win, the other gets 409.

    `at_end`: nothing else in the transaction refers to the report, whose rows may be written by its last statement.
    """
    obligation = await obligations.to_be_reported(session, principal.rows, content.obligation_id)
    if obligation.report_id is not None:
        raise AlreadyReported(report=f"/v1/permits/reports/{obligation.report_id}")
    obligations.refuse_what_is_not_owed(obligation)
    if not may_be_reported(
        period_end=obligation.period_end, today=clock.today(), stopped_from=content.stopped_from
    ):
        raise PeriodNotOver(period_end=obligation.period_end.isoformat())
    found, evidence = await _checked(session, obligation, content)
    if obligation.repudiated_report_id is not None:
        report = await repository.by_id(
            session, obligation.repudiated_report_id, rows=principal.rows, lock=True
        )
        if report is None:
            raise ReportNotFound()
        kept = await obligations.get(session, principal.rows, obligation.id, lock=True)
        return await _add_version(session, principal, report, kept, content, found, evidence, office=office)
    report = _new_report(obligation)
    version, text = _version(principal, report, content, found, evidence, office=office)
    told = _told(report, obligation, found, first=True)
    is_judged = evidence.is_any_touched or told.says_something
    await storing.first(
        session,
        obligation,
        report,
        version,
        found.outcome.values,
        text=text,
        at_end=at_end and not is_judged and not content.annexes,
    )
    await attachments.add_annexes(session, version.id, evidence.annexes)
    if is_judged:
        await violations.judge(session, principal, told, is_any_touched=evidence.is_any_touched)
    _record(session, principal, report, version, kind=REPORT_SUBMITTED)
    return views.submitted_view(report, version)


async def correct(
    session: AsyncSession,
    principal: Principal,
    content: ReportCorrection,
    *,
    report_id: uuid.UUID,
    office: ReceiptOffice,
) -> Submitted:
    """A corrected version: the old one stays, the new one has its own receipt (条例 art. 22)."""
    known = await repository.with_obligation(session, report_id, rows=principal.rows)
    if known is None:
        raise ReportNotFound()
    report, obligation = known
    if rules.after(rules.State(report.state), rules.Step.CORRECT) is None:
        raise StepNotOpen(state=report.state)
    if content.corrects_version != report.version:
        raise VersionSuperseded(version=report.version)
    found, evidence = await _checked(session, obligation, content)
    return await _add_version(session, principal, report, obligation, content, found, evidence, office=office)


async def _add_version(
    session: AsyncSession,
    principal: Principal,
    report: Report,
    obligation: Obligation,
    content: ReportContent,
    found: checks.Assessment,
    evidence: Evidence,
    *,
    office: ReceiptOffice,
) -> Submitted:
    """The next version of a report whose row and obligation are locked; of a repudiated one the first of its own."""
    state = rules.after(rules.State(report.state), rules.Step.CORRECT)
    if state is None:
        raise StepNotOpen(state=report.state)
    is_anew = report.state == rules.State.REPUDIATED
    if is_anew:
        obligations.answer_anew(obligation, report.id)
        report.days_late = days_late(obligation.due_on, clock.today())
    report.version += 1
    report.state = state
    report.updated_at = clock.now()
    version, text = _version(principal, report, content, found, evidence, office=office)
    await storing.correction(session, version, found.outcome.values, text=text)
    await attachments.add_annexes(session, version.id, evidence.annexes)
    await violations.judge(session, principal, _told(report, obligation, found, first=is_anew))
    _record(session, principal, report, version, kind=REPORT_CORRECTED)
    return views.submitted_view(report, version)


async def _checked(
    session: AsyncSession, obligation: Obligation, content: ReportContent
) -> tuple[checks.Assessment, Evidence]:
    """What the rules say, and by what."""
    evidence = await evidence_of(session, obligation, content)
    found = checks.assess(content, evidence=evidence, period=checks.period_of(obligation))
    refusing, of_fuel = found.refusing, await fuel.findings_of(session, obligation, content)
    Findings([*refusing.errors, *of_fuel.errors]).raise_if_any(ReportInvalid)
    return found, evidence


def _told(
    report: Report, obligation: Obligation, found: checks.Assessment, *, first: bool
) -> violations.Reported:
    return violations.Reported(
        report_id=report.id,
        due_on=obligation.due_on,
        first=first,
        over=found.outcome.over,
        special_over=found.outcome.special_over,
        unpermitted=found.outcome.unpermitted,
        undisclosed=[each for each in found.outcome.disclosed if not each.is_met],
        kept=found.outcome.kept,
        **report.model_dump(
            include={"obligation_id", "permit_number", "uscc", "period_start", "period_end", "days_late"}
        ),
    )


def _new_report(obligation: Obligation) -> Report:
    moment = clock.now()
    return detached(
        Report,
        id=new_id(),
        obligation_id=obligation.id,
        **obligation.model_dump(include={"permit_number", "uscc", "kind", "period_start", "period_end"}),
        state=rules.State.SUBMITTED,
        version=1,
        first_submitted_at=moment,
        days_late=days_late(obligation.due_on, clock.today()),
        updated_at=moment,
    )


def document_of(
    report: Report, content: ReportContent, files: Mapping[uuid.UUID, Attachment]
) -> dict[str, Any]:
    """What was submitted, with what it is about: the bytes that the receipt vouches for; annexes by their digests."""
    about = report.model_dump(
        mode="json", include={"permit_number", "uscc", "kind", "period_start", "period_end", "version"}
    )
    stated = content.model_dump(mode="json", exclude={"obligation_id"})
    for name in _LISTS:
        stated[name] = [_as_stated(each) for each in stated[name]]
    stated["annexes"] = [sealed(each, files[each.attachment_id]) for each in content.annexes]
    return {**about, "obligation_id": str(report.obligation_id), **stated}


def _as_stated(value: dict[str, Any]) -> dict[str, Any]:
    """A line without the members that few lines have and this one has not."""
    return {name: each for name, each in value.items() if each is not None or name in _ALWAYS_SAID}


def _version(
    principal: Principal,
    report: Report,
    content: ReportContent,
    found: checks.Assessment,
    evidence: Evidence,
    *,
    office: ReceiptOffice,
) -> tuple[ReportVersion, str]:
    """The version, and its document as the one text that its receipt is over."""
    document = document_of(report, content, evidence.annexes)
    text = canonical_json(document)
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/permits/reports/{report.id}/versions/{report.version}",
        document=text,
        submitted_by=principal.subject,
        on_behalf_of=report.uscc,
    )
    version = detached(
        ReportVersion,
        id=new_id(),
        report_id=report.id,
        version=report.version,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        exceedances=views.exceedance_rows(found.outcome.over),
        special_exceedances=views.special_rows(found.outcome.special_over),
        warnings=views.warning_rows(found.warnings),
        submitted_by=principal.subject,
        submitted_at=clock.now(),
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )
    return version, text.decode()


def _record(
    session: AsyncSession, principal: Principal, report: Report, version: ReportVersion, *, kind: EventType
) -> None:
    audit.record(
        session,
        principal,
        action=kind,
        entity="report",
        entity_id=report.id,
        owner=report.uscc,
        after={"version": version.version, "document_sha256": version.document_sha256, "state": report.state},
    )
    tell(session, report, version, kind=kind)

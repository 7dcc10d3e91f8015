"""Use cases: a report as it is printed; before it is signed, struck across, and after, with what proves it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.clock import CITY_TIME
from services.permits.attachments.sealing import sealed
from services.permits.documents.press import Press
from services.permits.documents.rendering import render
from services.permits.documents.sheets import Sheet
from services.permits.drafts import views as drafts
from services.permits.drafts.errors import DraftEnded
from services.permits.obligations import service as obligations
from services.permits.obligations.models import Obligation
from services.permits.prints import gathering, repository
from services.permits.prints.content import Printed, Signature, sheet
from services.permits.prints.schemas import PrintFormat
from services.permits.prints.workbook import workbook
from services.permits.reports import dry_run
from services.permits.reports import repository as reports
from services.permits.reports.errors import ReportNotFound
from services.permits.reports.evidence import annexes_of
from services.permits.reports.models import Report, ReportVersion
from services.permits.reports.schemas import ReportContent, ReportCreate

_ABOUT = {"permit_number", "uscc", "kind", "period_start", "period_end"}


@dataclass(frozen=True, slots=True)
class Print:
    """One printed report: the sheet, what it is called, and whose it is."""

    sheet: Sheet
    identity: str
    name: str
    uscc: str
    records: Sequence[str]


async def of_report(
    session: AsyncSession, principal: Principal, press: Press, *, report_id: uuid.UUID, version: int | None
) -> Print:
    """A version as it was signed, without one the newest; alike at every asking."""
    report = await reports.by_id(session, report_id, rows=principal.rows)
    if report is None:
        raise ReportNotFound()
    found = await reports.version_of(session, report.id, version or report.version)
    if found is None:
        raise ReportNotFound()
    basis = await repository.basis_of(session, found.id)
    if basis is None:
        obligation = await obligations.get(session, principal.rows, report.obligation_id)
        gathered = await gathering.basis_of(
            session, principal.rows, obligation, authority=press.authority, known_at=found.submitted_at
        )
        basis = await repository.keep(session, found.id, gathered.model_dump(mode="json"))
    printed = Printed(
        document=found.document,
        basis=basis,
        exceedances=found.exceedances,
        special_exceedances=found.special_exceedances,
        warnings=found.warnings,
        signature=_signature(report, found, press),
    )
    name = f"report-{report.permit_number}-{report.kind}-{report.period_start}-v{found.version}"
    return Print(sheet(printed), found.receipt_id, name, report.uscc, [report.permit_number, str(report.id)])


async def of_draft(
    session: AsyncSession, principal: Principal, press: Press, *, draft_id: uuid.UUID
) -> Print:
    """A draft as it will be signed. 409 for one that was signed, whose report is printed, or discarded."""
    draft = await drafts.read(session, principal.rows, draft_id=draft_id)
    if draft.state != "open":
        report = f"/v1/permits/reports/{draft.report_id}" if draft.report_id else None
        raise DraftEnded(state=draft.state, report=report)
    obligation = await obligations.get(session, principal.rows, draft.obligation_id)
    corrects = {"corrects_version": draft.corrects_version, "reason": draft.reason}
    stated = await _document(session, obligation, draft.content)
    document = {**stated, **(corrects if draft.corrects_version else {})}
    basis = await gathering.basis_of(session, principal.rows, obligation, authority=press.authority)
    printed = _unsigned(document, basis, draft, findings=draft.findings, draft=f"草稿第{draft.version}版")
    identity, name = f"草稿 {draft.id} 第{draft.version}版", f"draft-{draft.id}-v{draft.version}"
    return Print(sheet(printed), identity, name, obligation.uscc, [obligation.permit_number, str(draft.id)])


async def of_content(
    session: AsyncSession, principal: Principal, press: Press, content: ReportCreate
) -> Print:
    """A report that is nowhere yet, with what it would be refused for; nothing is saved."""
    obligation = await obligations.get(session, principal.rows, content.obligation_id)
    found = await dry_run.check(session, principal, content)
    basis = await gathering.basis_of(session, principal.rows, obligation, authority=press.authority)
    document = await _document(session, obligation, content)
    printed = _unsigned(document, basis, found, findings=found.errors, draft="试填，未保存")
    records = [obligation.permit_number, str(obligation.id)]
    return Print(sheet(printed), "试填，未保存", f"report-{obligation.id}", obligation.uscc, records)


async def made(printed: Print, form: PrintFormat) -> bytes:
    """Set beside the event loop: a large report takes seconds."""
    if form == "xlsx":
        return await asyncio.to_thread(workbook, printed.sheet)
    return await asyncio.to_thread(render, printed.sheet, document_id=printed.identity)


async def _document(session: AsyncSession, obligation: Obligation, content: ReportContent) -> dict[str, Any]:
    """As it would be submitted; an annex that is not there has nothing but its identity."""
    about = obligation.model_dump(mode="json", include=_ABOUT)
    stated = content.model_dump(mode="json", include=set(ReportContent.model_fields))
    files = await annexes_of(session, obligation, content)
    stated["annexes"] = [
        sealed(each, files[each.attachment_id])
        if each.attachment_id in files
        else each.model_dump(mode="json")
        for each in content.annexes
    ]
    return {**about, "obligation_id": str(obligation.id), **stated}


def _unsigned(
    document: dict[str, Any], basis: BaseModel, found: Any, *, findings: Sequence[BaseModel], draft: str
) -> Printed:
    return Printed(
        document=document,
        basis=basis.model_dump(mode="json"),
        exceedances=_plain(found.exceedances),
        special_exceedances=_plain(found.special_exceedances),
        warnings=_plain(found.warnings),
        findings=_plain(findings),
        draft=draft,
    )


def _plain(found: Sequence[BaseModel]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in found]


def _signature(report: Report, version: ReportVersion, press: Press) -> Signature:
    moment = version.submitted_at.astimezone(CITY_TIME).isoformat(timespec="seconds")
    return Signature(
        receipt_id=version.receipt_id,
        document_sha256=version.document_sha256,
        subject=f"/v1/permits/reports/{report.id}/versions/{version.version}",
        submitted_by=version.submitted_by,
        submitted_at=moment,
        jws=version.receipt_jws,
        verify_at=f"{press.public_url}/v1/permits/disclosure/receipts/{version.receipt_id}",
    )

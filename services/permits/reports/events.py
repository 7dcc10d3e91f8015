"""Facts about execution reports."""

from __future__ import annotations

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.schemas import Schema
from services.permits.reports.models import Report

REPORT_SUBMITTED = "permits.report_submitted.v1"
REPORT_CORRECTED = "permits.report_corrected.v1"
REPORT_RETURNED = "permits.report_returned.v1"
REPORT_ACCEPTED = "permits.report_accepted.v1"


class ReportFact(Schema):
    """Payload of all four: which report, in which version, and how it stands."""

    report_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: str
    period_start: date
    period_end: date
    version: int
    state: str
    days_late: int
    exceedance_count: int
    document_sha256: str


def tell(session: AsyncSession, report: Report, *, kind: str, exceedance_count: int, digest: str) -> None:
    """Emits one fact; only accepted reports are open to all (条例 art. 23)."""
    fact = ReportFact(
        report_id=report.id,
        exceedance_count=exceedance_count,
        document_sha256=digest,
        **report.model_dump(
            include={
                "permit_number",
                "uscc",
                "kind",
                "period_start",
                "period_end",
                "version",
                "state",
                "days_late",
            }
        ),
    )
    events.emit(
        session,
        kind=kind,
        subject=f"/v1/permits/reports/{report.id}",
        owner=report.uscc,
        public=kind == REPORT_ACCEPTED,
        data=fact.model_dump(mode="json"),
    )

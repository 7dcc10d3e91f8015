"""Facts about execution reports."""

from __future__ import annotations

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.reports.models import Report, ReportVersion


class ReportFact(Schema):
    """Payload of all of them: which report, in which version, and how it stands."""

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


REPORT_SUBMITTED = EventType(
    "permits.report_submitted.v1", ReportFact, Text(zh="执行报告已提交", en="A report was submitted")
)
REPORT_CORRECTED = EventType(
    "permits.report_corrected.v1", ReportFact, Text(zh="执行报告已更正", en="A report was corrected")
)
REPORT_RETURNED = EventType(
    "permits.report_returned.v1", ReportFact, Text(zh="执行报告已退回", en="A report was returned")
)
REPORT_REPUDIATED = EventType(
    "permits.report_repudiated.v1",
    ReportFact,
    Text(zh="企业否认报送该执行报告，待核查", en="An enterprise says that a report was not its own"),
)
# 条例 art. 23: only accepted reports are open to all
REPORT_ACCEPTED = EventType(
    "permits.report_accepted.v1",
    ReportFact,
    Text(zh="执行报告已通过审核", en="A report was accepted"),
    Readers.PUBLIC,
)


def tell(session: AsyncSession, report: Report, version: ReportVersion, *, kind: EventType) -> None:
    """Emits one fact, of the version that it happened to."""
    fact = ReportFact(
        report_id=report.id,
        exceedance_count=len(version.exceedances) + len(version.special_exceedances),
        document_sha256=version.document_sha256,
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
        fact=fact,
    )

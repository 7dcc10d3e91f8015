"""Use case of whoever was shown a receipt: is it one of ours, and does it still stand?"""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.disclosure import repository
from services.permits.disclosure.errors import ReceiptNotFound
from services.permits.disclosure.schemas import DisclosedReceipt
from services.permits.reports.submission import RECEIPT_KIND


async def receipt(session: AsyncSession, *, receipt_id: str) -> DisclosedReceipt:
    """What a receipt number stands for: kind, time and digest; no figure. An accepted report is a link away."""
    found = await repository.receipt(session, receipt_id)
    if found is None:
        raise ReceiptNotFound()
    report, version = found
    newest = version.version == report.version
    published = (
        f"/v1/permits/disclosure/reports/{report.id}" if newest and report.state == "accepted" else None
    )
    return DisclosedReceipt(
        receipt_id=version.receipt_id,
        kind=RECEIPT_KIND,
        received_at=version.submitted_at,
        document_sha256=version.document_sha256,
        permit_number=report.permit_number,
        report_kind=report.kind,
        period_start=report.period_start,
        period_end=report.period_end,
        version=version.version,
        superseded=not newest,
        repudiated=newest and report.state == "repudiated",
        report=published,
    )

"""HTTP of the public pages. No sign-in: the law makes these public (排污许可管理条例 art. 23)."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.disclosure import receipts, service
from services.permits.disclosure.errors import ReceiptNotFound
from services.permits.disclosure.filters import WantedReports
from services.permits.disclosure.page import receipt_page
from services.permits.disclosure.schemas import (
    DisclosedPermit,
    DisclosedPermitSummary,
    DisclosedReceipt,
    DisclosedReport,
    DisclosedReportSummary,
)
from services.permits.documents.page import PAGE, wants_page
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.filters import Wanted
from services.permits.reports.errors import ReportNotFound

router = new_router("/v1/permits/disclosure", tag="disclosure")


@router.get("/permits", summary="公开：许可证 Public permits", response_model=Page[DisclosedPermitSummary])
async def list_disclosed_permits(
    session: Session,
    paging: Paging,
    wanted: Wanted,
) -> object:
    return await service.list_permits(session, query=paging, wanted=wanted)


@router.get(
    "/permits/{permit_number}",
    summary="公开：一个许可证 A public permit",
    response_model=DisclosedPermit,
    responses=problem_responses(PermitNotFound),
)
async def read_disclosed_permit(permit_number: str, session: Session) -> object:
    return await service.permit(session, number=permit_number)


@router.get(
    "/reports",
    summary="公开：执行报告 Public execution reports",
    response_model=Page[DisclosedReportSummary],
)
async def list_disclosed_reports(
    session: Session,
    paging: Paging,
    wanted: WantedReports,
) -> object:
    return await service.list_reports(session, query=paging, wanted=wanted)


@router.get(
    "/reports/{report_id}",
    summary="公开：一份执行报告 A public execution report",
    response_model=DisclosedReport,
    responses=problem_responses(ReportNotFound),
)
async def read_disclosed_report(report_id: Id, session: Session) -> object:
    return await service.report(session, report_id=report_id)


@router.get(
    "/receipts/{receipt_id}",
    summary="公开：核验回执 Verify a receipt by its number",
    response_model=DisclosedReceipt,
    responses={**PAGE, **problem_responses(ReceiptNotFound)},
)
async def verify_receipt(
    receipt_id: Annotated[str, Path(max_length=64)], session: Session, request: Request, response: Response
) -> object:
    """JSON for programs, and a page for whoever scanned the QR of a printed report."""
    receipt = await receipts.receipt(session, receipt_id=receipt_id)
    if wants_page(request):
        return receipt_page(receipt)
    response.headers["vary"] = "Accept, Authorization, Accept-Language"
    return receipt

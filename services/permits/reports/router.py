"""HTTP of execution reports."""

from typing import Annotated

from fastapi import Path, Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import Filer, Reader, Reviewer, Submitter
from services.permits.obligations.errors import ObligationNotFound
from services.permits.obligations.schemas import ReportKind
from services.permits.reports import (
    checks,
    dry_run,
    no_data,
    repository,
    repudiation,
    review,
    submission,
    tax_comparison,
    views,
)
from services.permits.reports.errors import (
    AlreadyReported,
    CommentRequired,
    FourEyes,
    PeriodNotOver,
    ReportInvalid,
    ReportNotFound,
    RepudiationOver,
    StepNotOpen,
    VersionSuperseded,
)
from services.permits.reports.no_data import NoDataCodeRead
from services.permits.reports.schemas import (
    ChecksRead,
    ReportCorrection,
    ReportCreate,
    ReportRead,
    ReportState,
    ReportSummary,
    ReportVersionRead,
    RepudiationCreate,
    ReviewCreate,
    Submitted,
)
from services.permits.taxes.schemas import TaxComparison

router = new_router("/v1/permits/reports", tag="reports")
no_data_codes = new_router("/v1/permits/no-data-codes", tag="reports")
VersionNumber = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("", summary="执行报告列表 List reports", response_model=Page[ReportSummary])
async def list_reports(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    kind: ReportKind | None = None,
    state: ReportState | None = None,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="in which the period ends")] = None,
    late: Annotated[bool | None, Query(description="submitted after the day it was due")] = None,
) -> object:
    found, following = await repository.page_of(
        session,
        rows=reader.rows,
        query=paging,
        uscc=uscc,
        permit_number=permit_number,
        kind=kind,
        state=state,
        year=year,
        is_late=late,
    )
    return {"items": found, "next_cursor": following}


@router.post(
    "",
    summary="提交执行报告 Submit a report",
    status_code=201,
    response_model=Submitted,
    responses=problem_responses(ObligationNotFound, AlreadyReported, PeriodNotOver, ReportInvalid),
)
@also_checked_by(checks.of_submission)
async def submit_report(
    content: ReportCreate, submitter: Submitter, session: Session, office: Office, response: Response
) -> object:
    submitted = await submission.submit(session, submitter, content, office=office, at_end=True)
    response.headers["location"] = f"/v1/permits/reports/{submitted.report.id}"
    return submitted


@router.post(
    "/checks",
    summary="试算：检查执行报告，不保存 Check a report; nothing is saved",
    response_model=ChecksRead,
    responses=problem_responses(ObligationNotFound),
)
@also_checked_by(checks.of_submission)
async def check_report(content: ReportCreate, filer: Filer, session: Session) -> object:
    return await dry_run.check(session, filer, content)


@router.get(
    "/{report_id}",
    summary="执行报告 Read a report",
    response_model=ReportRead,
    responses=problem_responses(ReportNotFound),
)
async def read_report(report_id: Id, reader: Reader, session: Session) -> object:
    return await views.read(session, reader.rows, report_id=report_id)


@router.get(
    "/{report_id}/versions",
    summary="执行报告的各版本 List versions",
    response_model=Page[ReportVersionRead],
    responses=problem_responses(ReportNotFound),
)
async def list_versions(report_id: Id, reader: Reader, session: Session, paging: Paging) -> object:
    return await views.versions(session, reader.rows, report_id=report_id, query=paging)


@router.get(
    "/{report_id}/versions/{version}",
    summary="执行报告的一个版本（含回执） Read one version with its receipt",
    response_model=ReportVersionRead,
    responses=problem_responses(ReportNotFound),
)
async def read_version(report_id: Id, version: VersionNumber, reader: Reader, session: Session) -> object:
    return await views.version(session, reader.rows, report_id=report_id, version=version)


@router.post(
    "/{report_id}/versions",
    summary="更正执行报告 Correct a report",
    status_code=201,
    response_model=Submitted,
    responses=problem_responses(ReportNotFound, StepNotOpen, VersionSuperseded, ReportInvalid),
)
@also_checked_by(checks.of_correction)
async def correct_report(
    report_id: Id,
    content: ReportCorrection,
    submitter: Submitter,
    session: Session,
    office: Office,
    response: Response,
) -> object:
    submitted = await submission.correct(session, submitter, content, report_id=report_id, office=office)
    response.headers["location"] = f"/v1/permits/reports/{report_id}/versions/{submitted.version}"
    return submitted


@router.post(
    "/{report_id}/reviews",
    summary="审核执行报告 Accept or return a report",
    status_code=201,
    response_model=ReportRead,
    responses=problem_responses(ReportNotFound, StepNotOpen, VersionSuperseded, FourEyes, CommentRequired),
)
async def review_report(report_id: Id, content: ReviewCreate, reviewer: Reviewer, session: Session) -> object:
    return await review.decide(session, reviewer, content, report_id=report_id)


@router.get(
    "/{report_id}/tax-comparison",
    summary="与环境保护税申报比对 Hold a report beside the tax declarations",
    response_model=TaxComparison,
    responses=problem_responses(ReportNotFound),
)
async def compare_with_tax(report_id: Id, reader: Reader, session: Session) -> object:
    return await tax_comparison.read(session, reader.rows, report_id=report_id)


@router.post(
    "/{report_id}/repudiations",
    summary="否认报送 Say that a submission was not the enterprise's own",
    status_code=201,
    response_model=ReportRead,
    responses=problem_responses(ReportNotFound, StepNotOpen, VersionSuperseded, RepudiationOver),
)
async def repudiate_report(
    report_id: Id, content: RepudiationCreate, submitter: Submitter, session: Session
) -> object:
    return await repudiation.repudiate(session, submitter, content, report_id=report_id)


@no_data_codes.get(
    "", summary="无数据原因代码 No-data codes and their meaning", response_model=list[NoDataCodeRead]
)
async def list_no_data_codes() -> object:
    return no_data.codes()

"""HTTP of sheets: the blank of a report as a file, and files of many reports."""

import asyncio
import uuid
from typing import Any

from fastapi import Request, Response

from services.kit.auth import Principal
from services.kit.reading import log_read
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id
from services.kit.uploads import CSV, JSON, NDJSON, XLSX, FileEmpty, SmallFile, file_body, file_router
from services.permits.auth import Filer, Reader, Submitter
from services.permits.batches.errors import FileUnreadable, TooManyRows
from services.permits.drafts.schemas import SignaturesCreate
from services.permits.obligations import blank as blanks
from services.permits.obligations.errors import ObligationNotFound
from services.permits.obligations.schemas import Blank
from services.permits.reports import repository as reports
from services.permits.sheets import checking, layout, listing, single, taking
from services.permits.sheets.grids import Cell, to_csv
from services.permits.sheets.schemas import SheetChecks, SheetResults, SignatureResults
from services.permits.sheets.xlsx import written

blanks_router = new_router("/v1/permits/obligations", tag="sheets")
router = file_router("/v1/permits/sheets", tag="sheets")
signatures = new_router("/v1/permits/drafts", tag="sheets")
one_report = file_router("/v1/permits/reports", tag="sheets")

_ONE_REPORT = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/DraftCreate"}}},
    }
}
REFUSALS = problem_responses(FileEmpty, FileUnreadable, TooManyRows)


def file_answer(media_type: str) -> dict[int | str, dict[str, Any]]:
    """`responses=` of an endpoint that answers a file."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": "the sheet", "content": {media_type: schema}}}


def as_file(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep, under this name."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _logged(session: Session, request: Request, blank: Blank) -> None:
    about = blank.obligation
    log_read(session, request, enterprises=[about.uscc], records=[about.permit_number, str(about.id)])


async def _rows(
    session: Session, reader: Principal, obligation_id: uuid.UUID
) -> tuple[Blank, list[list[Cell]]]:
    """The blank, and the sheet of it; of a report that was made the sheet of its correction."""
    blank = await blanks.blank(session, reader.rows, obligation_id)
    report_id = blank.obligation.report_id
    reported = await reports.newest_document(session, report_id) if report_id else None
    corrects = {"version": reported["version"]} if reported else None
    return blank, layout.rows_of(blank, reported, corrects=corrects)


@blanks_router.get(
    "/{obligation_id}/blank.xlsx",
    summary="预填执行报告（XLSX） Pre-filled blank as a workbook",
    response_class=Response,
    responses={**file_answer(XLSX), **problem_responses(ObligationNotFound)},
)
async def read_blank_workbook(
    obligation_id: Id, reader: Reader, session: Session, request: Request
) -> Response:
    blank, rows = await _rows(session, reader, obligation_id)
    _logged(session, request, blank)
    sheets = [(layout.title_of(blank), rows)]
    content = await asyncio.to_thread(written, sheets, dress=layout.dress_of(rows))
    return as_file(content, XLSX, f"report-{obligation_id}.xlsx")


@blanks_router.get(
    "/{obligation_id}/blank.csv",
    summary="预填执行报告（CSV） Pre-filled blank as CSV",
    response_class=Response,
    responses={**file_answer(CSV), **problem_responses(ObligationNotFound)},
)
async def read_blank_csv(obligation_id: Id, reader: Reader, session: Session, request: Request) -> Response:
    blank, rows = await _rows(session, reader, obligation_id)
    _logged(session, request, blank)
    return as_file(to_csv(rows), CSV, f"report-{obligation_id}.csv")


@router.post(
    "/checks",
    summary="试算：检查填报文件，不保存 Check a file of reports; nothing is saved",
    response_model=SheetChecks,
    openapi_extra=file_body(XLSX, CSV, NDJSON),
    responses=REFUSALS,
)
async def check_sheets(filer: Filer, file: SmallFile, session: Session) -> object:
    return await checking.check(session, filer, file)


@router.post(
    "/annotations",
    summary="试算：标注错误的填报文件 Check a file of reports; the answer is the file with its errors marked",
    response_class=Response,
    openapi_extra=file_body(XLSX, CSV),
    responses={**file_answer(XLSX), **REFUSALS, **problem_responses(ObligationNotFound)},
)
async def annotate_sheets(filer: Filer, file: SmallFile, session: Session) -> Response:
    return as_file(await listing.annotated(session, filer, file), XLSX, "checked.xlsx")


@router.post(
    "/checks.csv",
    summary="试算：填报文件的错误清单（CSV） Check a file of reports; the answer lists its errors as CSV",
    response_class=Response,
    openapi_extra=file_body(XLSX, CSV, NDJSON),
    responses={**file_answer(CSV), **REFUSALS, **problem_responses(ObligationNotFound)},
)
async def list_sheet_errors(filer: Filer, file: SmallFile, session: Session) -> Response:
    return as_file(await listing.errors_of_file(session, filer, file), CSV, "errors.csv")


@one_report.post(
    "/checks.csv",
    summary="试算：一份执行报告的错误清单（CSV） Check a report; the answer lists its errors as CSV",
    response_class=Response,
    openapi_extra=_ONE_REPORT,
    responses={**file_answer(CSV), **problem_responses(FileEmpty, ObligationNotFound)},
)
async def list_report_errors(filer: Filer, file: SmallFile, session: Session) -> Response:
    return as_file(await single.errors_of_report(session, filer, file), CSV, "errors.csv")


@one_report.post(
    "/checks.xlsx",
    summary="试算：标注错误的一份执行报告（XLSX） Check a report; the answer is its blank with its errors marked",
    response_class=Response,
    openapi_extra=_ONE_REPORT,
    responses={**file_answer(XLSX), **problem_responses(FileEmpty, ObligationNotFound)},
)
async def annotate_report(filer: Filer, file: SmallFile, session: Session) -> Response:
    return as_file(await single.annotated(session, filer, file), XLSX, "checked.xlsx")


@router.post(
    "/drafts",
    summary="批量填报草稿 File a file of reports as drafts",
    response_model=SheetResults,
    openapi_extra=file_body(XLSX, CSV, NDJSON),
    responses=REFUSALS,
)
async def file_sheets(filer: Filer, file: SmallFile, session: Session) -> object:
    return await taking.file(session, filer, file)


@router.post(
    "/reports",
    summary="批量提交执行报告 Submit a file of reports",
    response_model=SheetResults,
    openapi_extra=file_body(XLSX, CSV, NDJSON),
    responses=REFUSALS,
)
async def submit_sheets(submitter: Submitter, file: SmallFile, session: Session, office: Office) -> object:
    return await taking.submit(session, submitter, file, office=office)


@signatures.post(
    "/signatures",
    summary="批量签署草稿 Sign drafts, each by itself",
    response_model=SignatureResults,
)
async def sign_drafts(
    content: SignaturesCreate, submitter: Submitter, session: Session, office: Office
) -> object:
    return await taking.sign(session, submitter, content, office=office)

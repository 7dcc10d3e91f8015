"""HTTP of printable reports: before they are signed, and as they were."""

import hashlib
from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.kit.all_at_once import also_checked_by
from services.kit.downloads import by_digest
from services.kit.reading import log_read
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id
from services.kit.uploads import XLSX
from services.permits.auth import Filer, Reader
from services.permits.documents.press import ThePress
from services.permits.drafts.errors import DraftEnded, DraftNotFound
from services.permits.obligations.errors import ObligationNotFound
from services.permits.prints import service
from services.permits.prints.schemas import PrintFormat
from services.permits.prints.service import Print
from services.permits.reports import checks
from services.permits.reports.errors import ReportNotFound
from services.permits.reports.schemas import ReportCreate

PDF = "application/pdf"
_FORMS: dict[PrintFormat, str] = {"pdf": PDF, "xlsx": XLSX}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the report, in the order of HJ 944-2018",
        "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in _FORMS.values()},
    }
}
Form = Annotated[
    PrintFormat, Query(alias="format", description="pdf to be read and kept, xlsx to be worked with")
]

router = new_router("/v1/permits/reports", tag="reports")
of_drafts = new_router("/v1/permits/drafts", tag="drafts")


@router.post(
    "/print",
    summary="试填打印：签署前的执行报告，不保存 Print a report before it is signed; nothing is saved",
    response_class=Response,
    responses={**_FILE, **problem_responses(ObligationNotFound)},
)
@also_checked_by(checks.of_submission)
async def print_content(
    content: ReportCreate, filer: Filer, session: Session, press: ThePress, form: Form = "pdf"
) -> Response:
    return await _file(await service.of_content(session, filer, press, content), form)


@router.get(
    "/{report_id}/print",
    summary="执行报告打印件（PDF、XLSX） Print a report with its receipt",
    response_class=Response,
    responses={**_FILE, **problem_responses(ReportNotFound)},
)
async def print_report(
    report_id: Id,
    reader: Reader,
    session: Session,
    request: Request,
    press: ThePress,
    form: Form = "pdf",
    version: Annotated[int | None, Query(ge=1, lt=2**31, description="without it the newest")] = None,
) -> Response:
    printed = await service.of_report(session, reader, press, report_id=report_id, version=version)
    log_read(session, request, enterprises=[printed.uscc], records=printed.records)
    return await _file(printed, form)


@of_drafts.get(
    "/{draft_id}/print",
    summary="草稿打印件，签署前核对（PDF、XLSX） Print a draft as it will be signed",
    response_class=Response,
    responses={**_FILE, **problem_responses(DraftNotFound, DraftEnded)},
)
async def print_draft(
    draft_id: Id, filer: Filer, session: Session, press: ThePress, form: Form = "pdf"
) -> Response:
    return await _file(await service.of_draft(session, filer, press, draft_id=draft_id), form)


async def _file(printed: Print, form: PrintFormat) -> Response:
    content = await service.made(printed, form)
    headers = {
        **by_digest(hashlib.sha256(content).hexdigest()),
        "content-disposition": f'inline; filename="{printed.name}.{form}"',
    }
    return Response(content, media_type=_FORMS[form], headers=headers)

"""HTTP of confirmed exceedances."""

import uuid
from typing import Annotated

from fastapi import Query

from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page
from services.permits.auth import Inspector, Reader
from services.permits.exceedances import repository, service
from services.permits.exceedances.errors import AlreadyConfirmed, ExceedanceDismissed, NotExceeded
from services.permits.exceedances.schemas import ConfirmationCreate, ConfirmationRead
from services.permits.reports.errors import FourEyes, ReportNotFound, VersionSuperseded

router = new_router("/v1/permits/exceedance-confirmations", tag="exceedances")


@router.get("", summary="已确认的超标 List confirmed exceedances", response_model=Page[ConfirmationRead])
async def list_confirmations(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    report_id: uuid.UUID | None = None,
) -> object:
    found, following = await repository.page_of(
        session, rows=reader.rows, query=paging, uscc=uscc, report_id=report_id
    )
    return {"items": [service.view(each) for each in found], "next_cursor": following}


@router.post(
    "",
    summary="确认超标 Confirm an exceedance",
    status_code=201,
    response_model=ConfirmationRead,
    responses=problem_responses(
        *(ReportNotFound, VersionSuperseded, FourEyes),
        *(NotExceeded, AlreadyConfirmed, ExceedanceDismissed),
    ),
)
async def confirm_exceedance(content: ConfirmationCreate, inspector: Inspector, session: Session) -> object:
    return await service.confirm(session, inspector, content)

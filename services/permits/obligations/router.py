"""HTTP of obligations."""

from typing import Annotated

from fastapi import Query

from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Id, Page
from services.permits.auth import Reader
from services.permits.obligations import blank, service
from services.permits.obligations.errors import ObligationNotFound
from services.permits.obligations.schemas import Blank, ObligationRead, ObligationState, ReportKind

router = new_router("/v1/permits/obligations", tag="obligations")


@router.get("", summary="执行报告任务列表 List obligations", response_model=Page[ObligationRead])
async def list_obligations(
    reader: Reader,
    session: Session,
    paging: Paging,
    state: Annotated[ObligationState | None, Query(description="`open`: owed now")] = None,
    kind: ReportKind | None = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    due_before: Day | None = None,
) -> object:
    return await service.listing(
        session,
        reader.rows,
        query=paging,
        state=state,
        kind=kind,
        uscc=uscc,
        permit_number=permit_number,
        due_before=due_before,
    )


@router.get(
    "/{obligation_id}",
    summary="执行报告任务 Read an obligation",
    response_model=ObligationRead,
    responses=problem_responses(ObligationNotFound),
)
async def read_obligation(obligation_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, obligation_id)


@router.get(
    "/{obligation_id}/blank",
    summary="预填执行报告 Pre-filled blank",
    response_model=Blank,
    responses=problem_responses(ObligationNotFound),
)
async def read_blank(obligation_id: Id, reader: Reader, session: Session) -> object:
    return await blank.blank(session, reader.rows, obligation_id)

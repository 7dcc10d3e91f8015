"""HTTP of management plans."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.waste.auth import Reader, Shipper
from services.waste.plans import repository, service
from services.waste.plans.errors import PlanExists, PlanInvalid, PlanNotFound
from services.waste.plans.schemas import PlanCreate, PlanRead, PlanSummary
from services.waste.units.errors import UnitNotFound

router = new_router("/v1/waste/plans", tag="plans")


@router.get("", summary="管理计划列表 List plans", response_model=Page[PlanSummary])
async def list_plans(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    year: Annotated[int | None, Query(ge=2022, le=2100)] = None,
) -> object:
    found, following = await repository.page_of(session, rows=reader.rows, query=paging, uscc=uscc, year=year)
    return {"items": found, "next_cursor": following}


@router.get(
    "/{plan_id}",
    summary="管理计划 Read a plan",
    response_model=PlanRead,
    responses=problem_responses(PlanNotFound),
)
async def read_plan(plan_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, plan_id=plan_id)


@router.post(
    "",
    summary="备案管理计划 File a yearly plan",
    status_code=201,
    response_model=PlanRead,
    responses=problem_responses(UnitNotFound, PlanExists, PlanInvalid),
)
@also_checked_by(service.findings_of)
async def file_plan(
    content: PlanCreate, shipper: Shipper, session: Session, office: Office, response: Response
) -> object:
    filed = await service.file(session, shipper, content, office=office)
    response.headers["location"] = f"/v1/waste/plans/{filed.id}"
    return filed

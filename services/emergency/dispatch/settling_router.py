"""HTTP of what becomes of goods at an incident: uses and returns."""

from fastapi import APIRouter, Response

from services.emergency.auth import DutyOfficer, Reader, Storekeeper
from services.emergency.dispatch import checks, settling, views
from services.emergency.dispatch.errors import HandoverNotFound, ReturnInvalid, UseInvalid
from services.emergency.dispatch.schemas import HandoverRead, ReturnCreate, UseCreate
from services.emergency.incidents.errors import IncidentNotFound
from services.emergency.stock.errors import InsufficientStock
from services.kit.all_at_once import also_checked_by
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id

router: APIRouter = new_router("/v1/emergency", tag="dispatch")


@router.post(
    "/uses",
    summary="物资消耗与损失 Goods used up or lost at the incident",
    status_code=201,
    response_model=HandoverRead,
    responses=problem_responses(IncidentNotFound, InsufficientStock, UseInvalid),
)
@also_checked_by(checks.of_use)
async def use_goods(content: UseCreate, officer: DutyOfficer, session: Session, response: Response) -> object:
    made = await settling.use(session, officer, content)
    response.headers["location"] = f"/v1/emergency/uses/{made.id}"
    return views.handover_view(made)


@router.get(
    "/uses/{use_id}",
    summary="使用单 Read a use",
    response_model=HandoverRead,
    responses=problem_responses(HandoverNotFound),
)
async def read_use(use_id: Id, _: Reader, session: Session) -> object:
    return await views.handover(session, use_id, kind="use")


@router.post(
    "/returns",
    summary="物资归还 Clean goods come back into a depot",
    status_code=201,
    response_model=HandoverRead,
    responses=problem_responses(IncidentNotFound, InsufficientStock, ReturnInvalid),
)
@also_checked_by(checks.of_return)
async def return_goods(
    content: ReturnCreate, storekeeper: Storekeeper, session: Session, office: Office, response: Response
) -> object:
    made = await settling.give_back(session, storekeeper, content, office=office)
    response.headers["location"] = f"/v1/emergency/returns/{made.id}"
    return views.handover_view(made)


@router.get(
    "/returns/{return_id}",
    summary="归还单（含回执） Read a return with its receipt",
    response_model=HandoverRead,
    responses=problem_responses(HandoverNotFound),
)
async def read_return(return_id: Id, _: Reader, session: Session) -> object:
    return await views.handover(session, return_id, kind="return")

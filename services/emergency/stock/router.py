"""HTTP of stock: what comes in, what is there, and the proof that the books are right."""

from typing import Annotated

from fastapi import Query, Response

from services.emergency.auth import Reader, Storekeeper
from services.emergency.items.schemas import Category
from services.emergency.stock import checks, intake, queries, views
from services.emergency.stock.errors import IntakeInvalid, IntakeNotFound
from services.emergency.stock.schemas import BalanceRead, CheckRead, IntakeCreate, IntakeRead, MovementRead
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page

router = new_router("/v1/emergency/stock", tag="stock")
Code = Annotated[str | None, Query(max_length=40)]


@router.post(
    "/intakes",
    summary="物资入库 Take goods into a depot",
    status_code=201,
    response_model=IntakeRead,
    responses=problem_responses(IntakeInvalid),
)
@also_checked_by(checks.of_intake)
async def take_in(
    content: IntakeCreate, storekeeper: Storekeeper, session: Session, response: Response
) -> object:
    taken = await intake.take_in(session, storekeeper, content)
    response.headers["location"] = f"/v1/emergency/stock/intakes/{taken.id}"
    return taken


@router.get(
    "/intakes/{intake_id}",
    summary="入库单 Read an intake",
    response_model=IntakeRead,
    responses=problem_responses(IntakeNotFound),
)
async def read_intake(intake_id: Id, _: Reader, session: Session) -> object:
    return await intake.read(session, intake_id=intake_id)


@router.get("/balances", summary="库存 What is in stock", response_model=Page[BalanceRead])
async def list_balances(
    _: Reader,
    session: Session,
    paging: Paging,
    item_code: Code = None,
    category: Category | None = None,
    depot_code: Code = None,
    incident_id: Id | None = None,
) -> object:
    return await views.balances(
        session,
        query=paging,
        item_code=item_code,
        category=category,
        depot_code=depot_code,
        incident_id=incident_id,
    )


@router.get("/movements", summary="物资流水 The ledger", response_model=Page[MovementRead])
async def list_movements(
    _: Reader, session: Session, paging: Paging, lot_id: Id | None = None, document_id: Id | None = None
) -> object:
    found, following = await queries.movements_page(
        session, query=paging, lot_id=lot_id, document_id=document_id
    )
    return {"items": found, "next_cursor": following}


@router.get(
    "/check", summary="账实核对 Prove that balances are the sum of the ledger", response_model=CheckRead
)
async def check_stock(_: Reader, session: Session) -> object:
    return await views.check(session)

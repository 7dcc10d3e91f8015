"""HTTP of medical waste."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page
from services.waste.auth import Reader, Scanner, Shipper
from services.waste.medical import service, views
from services.waste.medical.errors import BagExists, BagNotFound, ScanInvalid, ScanOutOfOrder
from services.waste.medical.schemas import BagCreate, BagRead, BagState, BagSummary, ScanCreate
from services.waste.units.errors import UnitNotFound

router = new_router("/v1/waste/medical/bags", tag="medical")


@router.get("", summary="医疗废物包装袋列表 List bags", response_model=Page[BagSummary])
async def list_bags(
    reader: Reader,
    session: Session,
    paging: Paging,
    hospital_uscc: Annotated[str | None, Query(max_length=18)] = None,
    state: BagState | None = None,
    overdue: Annotated[bool | None, Query(description="true: only those stored longer than 48 hours")] = None,
) -> object:
    return await views.listing(
        session, reader.rows, query=paging, hospital_uscc=hospital_uscc, state=state, overdue=bool(overdue)
    )


@router.post(
    "",
    summary="登记包装袋 Register a bag",
    status_code=201,
    response_model=BagRead,
    responses=problem_responses(UnitNotFound, BagExists),
)
async def register_bag(content: BagCreate, hospital: Shipper, session: Session, response: Response) -> object:
    bag = await service.register(session, hospital, content)
    response.headers["location"] = f"/v1/waste/medical/bags/{bag.code}"
    return bag


@router.get(
    "/{code}",
    summary="包装袋 Read a bag with its scans",
    response_model=BagRead,
    responses=problem_responses(BagNotFound),
)
async def read_bag(code: str, reader: Reader, session: Session) -> object:
    return await views.read(session, reader.rows, code=code)


@router.post(
    "/{code}/scans",
    summary="扫描包装袋 Scan a bag",
    status_code=201,
    response_model=BagRead,
    responses=problem_responses(BagNotFound, UnitNotFound, ScanOutOfOrder, ScanInvalid),
)
async def scan_bag(code: str, content: ScanCreate, scanner: Scanner, session: Session) -> object:
    return await service.scan(session, scanner, content, code=code)

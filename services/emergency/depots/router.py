"""HTTP of depots."""

from fastapi import Response

from services.emergency.auth import Reader, Storekeeper
from services.emergency.depots import repository, service
from services.emergency.depots.errors import DepotExists, DepotNotFound
from services.emergency.depots.schemas import DepotCreate, DepotKind, DepotRead
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page

router = new_router("/v1/emergency/depots", tag="depots")


@router.get("", summary="储备库列表 List depots", response_model=Page[DepotRead])
async def list_depots(_: Reader, session: Session, paging: Paging, kind: DepotKind | None = None) -> object:
    found, following = await repository.page_of(session, query=paging, kind=kind)
    return {"items": found, "next_cursor": following}


@router.get(
    "/{code}",
    summary="储备库 Read a depot",
    response_model=DepotRead,
    responses=problem_responses(DepotNotFound),
)
async def read_depot(code: str, _: Reader, session: Session) -> object:
    return await service.get(session, code=code)


@router.post(
    "",
    summary="登记储备库 Register a depot",
    status_code=201,
    response_model=DepotRead,
    responses=problem_responses(DepotExists),
)
async def register_depot(
    content: DepotCreate, storekeeper: Storekeeper, session: Session, response: Response
) -> object:
    depot = await service.register(session, storekeeper, content)
    response.headers["location"] = f"/v1/emergency/depots/{depot.code}"
    return depot

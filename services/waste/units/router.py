"""HTTP of units."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.problems import PreconditionFailed, PreconditionRequired
from services.kit.routing import IfMatch, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page
from services.waste.auth import Reader, Registrar
from services.waste.units import repository, service, views
from services.waste.units.errors import UnitExists, UnitInvalid, UnitNotFound
from services.waste.units.schemas import UnitCreate, UnitKind, UnitRead, UnitUpdate

router = new_router("/v1/waste/units", tag="units")


@router.get("", summary="单位列表 List units", response_model=Page[UnitRead])
async def list_units(
    reader: Reader,
    session: Session,
    paging: Paging,
    name: Annotated[str | None, Query(max_length=100, description="part of the name")] = None,
    kind: UnitKind | None = None,
) -> object:
    found, following = await repository.page_of(session, rows=reader.rows, query=paging, name=name, kind=kind)
    return {"items": found, "next_cursor": following}


@router.get(
    "/{uscc}",
    summary="单位 Read a unit",
    response_model=UnitRead,
    responses=problem_responses(UnitNotFound),
)
async def read_unit(uscc: str, reader: Reader, session: Session, response: Response) -> object:
    unit = await service.get(session, reader, uscc=uscc)
    response.headers["etag"] = views.etag(unit)
    return unit


@router.post(
    "",
    summary="登记单位 Register a unit",
    status_code=201,
    response_model=UnitRead,
    responses=problem_responses(UnitExists, UnitInvalid),
)
@also_checked_by(service.of_registration)
async def register_unit(
    content: UnitCreate, registrar: Registrar, session: Session, response: Response
) -> object:
    unit = await service.register(session, registrar, content)
    response.headers["location"] = f"/v1/waste/units/{unit.uscc}"
    response.headers["etag"] = views.etag(unit)
    return unit


@router.patch(
    "/{uscc}",
    summary="变更单位信息 Change a unit",
    response_model=UnitRead,
    responses=problem_responses(UnitNotFound, UnitInvalid, PreconditionFailed, PreconditionRequired),
)
async def change_unit(
    uscc: str,
    content: UnitUpdate,
    registrar: Registrar,
    session: Session,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    unit = await service.change(session, registrar, content, uscc=uscc, if_match=if_match)
    response.headers["etag"] = views.etag(unit)
    return unit

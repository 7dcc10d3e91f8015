"""HTTP of licences."""

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page
from services.waste.auth import Reader, Registrar
from services.waste.licences import repository, service, views
from services.waste.licences.errors import (
    HolderNotReceiver,
    LicenceExists,
    LicenceInvalid,
    LicenceNotFound,
)
from services.waste.licences.schemas import LicenceBalance, LicenceCreate, LicenceRead
from services.waste.types import WasteCode
from services.waste.units.errors import UnitNotFound

router = new_router("/v1/waste/licences", tag="licences")
# A number may hold a slash (蒙危废字/2025/001), so it is matched as a path, and what is more specific comes first.
Year = Annotated[int | None, Query(ge=2000, le=2100, description="calendar year; default: this one")]


@router.get("", summary="经营许可证列表 List licences", response_model=Page[LicenceRead])
async def list_licences(
    _: Reader,
    session: Session,
    paging: Paging,
    holder_uscc: Annotated[str | None, Query(max_length=18)] = None,
    code: Annotated[WasteCode | None, Query(description="licences that cover this waste code")] = None,
    on: Annotated[date | None, Query(description="licences that hold on this day")] = None,
) -> object:
    found, following = await repository.page_of(
        session, query=paging, holder_uscc=holder_uscc, code=code, on=on
    )
    return {"items": await views.views_of(session, found), "next_cursor": following}


@router.get(
    "/{licence_number:path}/balance",
    summary="年经营规模余量 How a licence stands in a year",
    response_model=LicenceBalance,
    responses=problem_responses(LicenceNotFound),
)
async def read_balance(licence_number: str, reader: Reader, session: Session, year: Year = None) -> object:
    return await service.balance(session, reader, number=licence_number, year=year)


@router.get(
    "/{licence_number:path}",
    summary="经营许可证 Read a licence",
    response_model=LicenceRead,
    responses=problem_responses(LicenceNotFound),
)
async def read_licence(licence_number: str, _: Reader, session: Session) -> object:
    return await service.get(session, number=licence_number)


@router.post(
    "",
    summary="录入经营许可证 Enter an issued licence",
    status_code=201,
    response_model=LicenceRead,
    responses=problem_responses(UnitNotFound, HolderNotReceiver, LicenceExists, LicenceInvalid),
)
@also_checked_by(service.of_registration)
async def register_licence(
    content: LicenceCreate, registrar: Registrar, session: Session, response: Response
) -> object:
    entered = await service.register(session, registrar, content)
    response.headers["location"] = f"/v1/waste/licences/{quote(entered.licence_number)}"
    return entered

"""HTTP of fuel facts."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import Filer, Reader
from services.permits.fuels import kinds, service
from services.permits.fuels.errors import FuelFactInvalid, FuelFactNotFound, FuelFactSuperseded
from services.permits.fuels.schemas import (
    FuelBasis,
    FuelFactCorrection,
    FuelFactCreate,
    FuelFactHistory,
    FuelFactRead,
    FuelKind,
    FuelKinds,
)
from services.permits.obligations.errors import ObligationNotFound
from services.permits.permits.errors import PermitNotFound

router = new_router("/v1/permits/fuels", tag="fuels")


async def _kinds(request: Request) -> dict[str, kinds.Fuel]:
    return kinds.load(request.app.state.kit.settings.fuels_file)


Kinds = Annotated[dict[str, kinds.Fuel], Depends(_kinds)]
"""The fuels that are known, as a parameter type."""


@router.get("/kinds", summary="燃料和能源品种 The fuels that are known", response_model=FuelKinds)
async def list_fuel_kinds(known: Kinds) -> object:
    items = [FuelKind.model_validate({"name": name, **each.model_dump()}) for name, each in known.items()]
    return FuelKinds(items=items)


@router.get("/facts", summary="能源消耗记录 List fuel facts", response_model=Page[FuelFactRead])
async def list_fuel_facts(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    fuel: Annotated[str | None, Query(max_length=31)] = None,
) -> object:
    return await service.listing(
        session, reader.rows, query=paging, uscc=uscc, permit_number=permit_number, fuel=fuel
    )


@router.post(
    "/facts",
    summary="记录能源消耗 Record what was burnt or bought",
    status_code=201,
    response_model=FuelFactRead,
    responses=problem_responses(PermitNotFound, FuelFactInvalid),
)
@also_checked_by(service.also_wrong)
async def record_fuel_fact(
    content: FuelFactCreate, filer: Filer, session: Session, known: Kinds, response: Response
) -> object:
    made = await service.record(session, filer, content, kinds=known)
    response.headers["location"] = f"/v1/permits/fuels/facts/{made.id}"
    return made


@router.get(
    "/facts/{fact_id}",
    summary="一条能源消耗记录及其各版本 Read a fuel fact with its versions",
    response_model=FuelFactHistory,
    responses=problem_responses(FuelFactNotFound),
)
async def read_fuel_fact(fact_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, fact_id=fact_id)


@router.post(
    "/facts/{fact_id}/versions",
    summary="更正能源消耗记录 Correct a fuel fact",
    status_code=201,
    response_model=FuelFactRead,
    responses=problem_responses(FuelFactNotFound, FuelFactSuperseded, FuelFactInvalid),
)
async def correct_fuel_fact(
    fact_id: Id, content: FuelFactCorrection, filer: Filer, session: Session, known: Kinds
) -> object:
    return await service.correct(session, filer, content, fact_id=fact_id, kinds=known)


@router.get(
    "/obligations/{obligation_id}/basis",
    summary="物料衡算依据 What a material balance in a report rests on",
    response_model=FuelBasis,
    responses=problem_responses(ObligationNotFound),
)
async def read_fuel_basis(
    obligation_id: Id,
    reader: Reader,
    session: Session,
    outlet_code: Annotated[str | None, Query(max_length=10)] = None,
) -> object:
    return await service.basis(session, reader.rows, obligation_id=obligation_id, outlet_code=outlet_code)

"""HTTP of permits."""

from typing import Annotated

from fastapi import Path, Query, Response

from services.kit import clock
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Page
from services.permits.auth import Reader, Registrar
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits import in_force, listing, service, showing
from services.permits.permits.errors import (
    HolderBarred,
    PermitChanged,
    PermitEnded,
    PermitExists,
    PermitNotFound,
    SitePermitHeld,
)
from services.permits.permits.filters import Wanted
from services.permits.permits.schemas import (
    AlertLevel,
    PermitCreate,
    PermitRead,
    PermitSummary,
    VersionCreate,
    VersionSummary,
)
from services.permits.permits.schemas_in_force import LimitsInForce

router = new_router("/v1/permits/permits", tag="permits")
VersionNumber = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("", summary="许可证列表 List permits", response_model=Page[PermitSummary])
async def list_permits(
    reader: Reader,
    session: Session,
    paging: Paging,
    wanted: Wanted,
) -> object:
    return await listing.permits(session, reader.rows, query=paging, wanted=wanted)


@router.get(
    "/{permit_number}",
    summary="许可证正副本内容 Read a permit",
    response_model=PermitRead,
    responses=problem_responses(PermitNotFound),
)
async def read_permit(
    permit_number: str,
    reader: Reader,
    session: Session,
    as_of: Annotated[Day | None, Query(description="the version that held on this day")] = None,
) -> object:
    permit = await service.read(session, reader.rows, number=permit_number, as_of=as_of)
    return await showing.with_renewal(session, permit)


@router.post(
    "",
    summary="录入许可证 Enter an issued permit",
    status_code=201,
    response_model=PermitRead,
    responses=problem_responses(EnterpriseNotFound, PermitExists, SitePermitHeld, HolderBarred),
)
@also_checked_by(service.also_wrong)
async def issue_permit(
    content: PermitCreate, registrar: Registrar, session: Session, response: Response
) -> object:
    issued = await service.issue(session, registrar, content)
    response.headers["location"] = f"/v1/permits/permits/{issued.permit_number}"
    return await showing.with_renewal(session, issued)


@router.get(
    "/{permit_number}/limits",
    summary="某日执行的限值 The limits that hold on a day",
    response_model=LimitsInForce,
    responses=problem_responses(PermitNotFound),
)
async def read_limits_in_force(
    permit_number: str,
    reader: Reader,
    session: Session,
    on: Annotated[Day | None, Query(description="the day; today where none is given")] = None,
    alert: Annotated[
        AlertLevel | None, Query(description="a heavy-pollution level, in place of what was declared")
    ] = None,
) -> object:
    day = on or clock.today()
    return await in_force.limits(session, reader.rows, number=permit_number, day=day, alert=alert)


@router.get(
    "/{permit_number}/versions",
    summary="许可证各版本 List the versions of a permit",
    response_model=Page[VersionSummary],
    responses=problem_responses(PermitNotFound),
)
async def list_permit_versions(
    permit_number: str, reader: Reader, session: Session, paging: Paging
) -> object:
    return await service.versions(session, reader.rows, number=permit_number, query=paging)


@router.get(
    "/{permit_number}/versions/{version}",
    summary="许可证的一个版本 Read a version of a permit",
    response_model=PermitRead,
    responses=problem_responses(PermitNotFound),
)
async def read_permit_version(
    permit_number: str, version: VersionNumber, reader: Reader, session: Session
) -> object:
    permit = await service.read_version(session, reader.rows, number=permit_number, version=version)
    return await showing.with_renewal(session, permit)


@router.post(
    "/{permit_number}/versions",
    summary="录入变更、延续或重新申请后的许可证 Enter the next version of a permit",
    status_code=201,
    response_model=PermitRead,
    responses=problem_responses(PermitNotFound, PermitChanged, PermitEnded),
)
@also_checked_by(service.also_wrong_version)
async def amend_permit(
    permit_number: str, content: VersionCreate, registrar: Registrar, session: Session, response: Response
) -> object:
    amended = await service.amend(
        session,
        registrar,
        permit_number=permit_number,
        content=content,
        basis=content.basis,
        amends_version=content.amends_version,
    )
    response.headers["location"] = f"/v1/permits/permits/{permit_number}/versions/{amended.version}"
    return await showing.with_renewal(session, amended)

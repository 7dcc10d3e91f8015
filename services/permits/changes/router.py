"""HTTP of differences between versions and of change routes."""

from typing import Annotated

from fastapi import Query

from services.kit.all_at_once import also_checked_by
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.permits.auth import Reader
from services.permits.changes import service
from services.permits.changes.schemas import ChangeDeclaration, Comparison, RouteRead
from services.permits.permits.errors import PermitNotFound

router = new_router("/v1/permits/permits", tag="permits")


@router.get(
    "/{permit_number}/comparison",
    summary="比较许可证的两个版本 Compare two versions of a permit",
    response_model=Comparison,
    responses=problem_responses(PermitNotFound),
)
async def compare_permit_versions(
    permit_number: str,
    reader: Reader,
    session: Session,
    from_version: Annotated[int, Query(alias="from", ge=1, lt=2**31)],
    to_version: Annotated[int, Query(alias="to", ge=1, lt=2**31)],
) -> object:
    return await service.comparison(
        session, reader.rows, number=permit_number, from_version=from_version, to_version=to_version
    )


@router.post(
    "/{permit_number}/change-routes",
    summary="变更路径判定 Which procedure a change needs",
    response_model=RouteRead,
    responses=problem_responses(PermitNotFound),
)
@also_checked_by(service.also_wrong)
async def route_permit_change(
    permit_number: str, content: ChangeDeclaration, reader: Reader, session: Session
) -> object:
    return await service.route(session, reader.rows, number=permit_number, declared=content)

"""HTTP of enterprises."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.pages import Paging
from services.kit.problems import PreconditionFailed, PreconditionRequired
from services.kit.routing import IfMatch, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page
from services.permits.auth import Reader, Registrar
from services.permits.enterprises import service, views
from services.permits.enterprises.errors import EnterpriseExists, EnterpriseNotFound
from services.permits.enterprises.schemas import (
    EnterpriseCreate,
    EnterpriseRead,
    EnterpriseUpdate,
    ManagementClass,
)

router = new_router("/v1/permits/enterprises", tag="enterprises")


@router.get("", summary="排污单位列表 List enterprises", response_model=Page[EnterpriseRead])
async def list_enterprises(
    reader: Reader,
    session: Session,
    paging: Paging,
    name: Annotated[str | None, Query(max_length=100, description="part of the name")] = None,
    management_class: ManagementClass | None = None,
    region_code: Annotated[
        str | None, Query(max_length=6, description="GB/T 2260 code, or how it begins: 1525, 152501")
    ] = None,
    industry_code: Annotated[
        str | None, Query(max_length=5, description="GB/T 4754 code, or how it begins: 44, 443, 4430")
    ] = None,
) -> object:
    return await service.listing(
        session,
        reader,
        query=paging,
        name=name,
        management_class=management_class,
        region_code=region_code,
        industry_code=industry_code,
    )


@router.get(
    "/{uscc}",
    summary="排污单位 Read an enterprise",
    response_model=EnterpriseRead,
    responses=problem_responses(EnterpriseNotFound),
)
async def read_enterprise(uscc: str, reader: Reader, session: Session, response: Response) -> object:
    enterprise = await service.get(session, reader, uscc=uscc)
    response.headers["etag"] = views.etag(enterprise)
    return enterprise


@router.post(
    "",
    summary="登记排污单位 Register an enterprise",
    status_code=201,
    response_model=EnterpriseRead,
    responses=problem_responses(EnterpriseExists),
)
async def register_enterprise(
    content: EnterpriseCreate, registrar: Registrar, session: Session, response: Response
) -> object:
    enterprise = await service.register(session, registrar, content)
    response.headers["location"] = f"/v1/permits/enterprises/{enterprise.uscc}"
    response.headers["etag"] = views.etag(enterprise)
    return enterprise


@router.patch(
    "/{uscc}",
    summary="变更基本信息 Change basic information",
    response_model=EnterpriseRead,
    responses=problem_responses(EnterpriseNotFound, PreconditionFailed, PreconditionRequired),
)
async def change_enterprise(
    uscc: str,
    content: EnterpriseUpdate,
    registrar: Registrar,
    session: Session,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    enterprise = await service.change(session, registrar, content, uscc=uscc, if_match=if_match)
    response.headers["etag"] = views.etag(enterprise)
    return enterprise

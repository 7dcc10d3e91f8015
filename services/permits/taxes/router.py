"""HTTP of tax declarations."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import OfTheCityOnly, Reader, TaxTeller
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits.errors import PermitNotFound
from services.permits.taxes import service
from services.permits.taxes.errors import (
    TaxDeclarationExists,
    TaxDeclarationInvalid,
    TaxDeclarationNotFound,
    TaxDeclarationSuperseded,
    TaxYearDeclared,
)
from services.permits.taxes.schemas import TaxDeclarationCreate, TaxDeclarationRead

router = new_router(service.PATH, tag="taxes")


@router.get("", summary="环境保护税申报列表 List tax declarations", response_model=Page[TaxDeclarationRead])
async def list_tax_declarations(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    year: Annotated[int | None, Query(ge=2018, le=2100)] = None,
    quarter: Annotated[int | None, Query(ge=1, le=4)] = None,
) -> object:
    return await service.listing(
        session,
        reader.rows,
        query=paging,
        uscc=uscc,
        permit_number=permit_number,
        year=year,
        quarter=quarter,
    )


@router.post(
    "",
    summary="录入环境保护税申报 Tell what was declared for the tax",
    status_code=201,
    response_model=TaxDeclarationRead,
    responses=problem_responses(
        EnterpriseNotFound,
        PermitNotFound,
        TaxDeclarationNotFound,
        TaxDeclarationExists,
        TaxYearDeclared,
        TaxDeclarationSuperseded,
        TaxDeclarationInvalid,
        OfTheCityOnly,
    ),
)
@also_checked_by(service.also_wrong)
async def enter_tax_declaration(
    content: TaxDeclarationCreate, teller: TaxTeller, session: Session, response: Response
) -> object:
    made = await service.enter(session, teller, content)
    response.headers["location"] = f"{service.PATH}/{made.id}"
    return made


@router.get(
    "/{tax_declaration_id}",
    summary="环境保护税申报 Read a tax declaration",
    response_model=TaxDeclarationRead,
    responses=problem_responses(TaxDeclarationNotFound),
)
async def read_tax_declaration(tax_declaration_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, declaration_id=tax_declaration_id)

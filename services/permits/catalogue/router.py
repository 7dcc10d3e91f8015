"""HTTP of the management catalogue and the class finder.

The catalogue needs no sign-in: it is a list that the ministry publishes by order. A classification changes nothing
and keeps nothing but the answer of its key.
"""

from typing import Annotated

from fastapi import Path, Query

from services.kit.all_at_once import also_checked_by
from services.kit.identifiers.types import IndustryCode
from services.kit.pages import Paging
from services.kit.routing import problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day
from services.permits.auth import Asker
from services.permits.catalogue import service
from services.permits.catalogue.errors import ClassificationInvalid, NoEdition, RowNotFound
from services.permits.catalogue.schemas import Classification, ClassificationQuery, RowInEdition, RowPage

router = new_router("/v1/permits/catalogue", tag="catalogue")
classifications = new_router("/v1/permits/classifications", tag="catalogue")
AsOf = Annotated[Day | None, Query(description="the edition of this day; default: today")]


@router.get(
    "",
    summary="排污许可分类管理名录 List the permit management catalogue",
    response_model=RowPage,
    responses=problem_responses(NoEdition),
)
async def list_management_catalogue(
    paging: Paging,
    on: AsOf = None,
    industry_code: Annotated[IndustryCode | None, Query()] = None,
    text: Annotated[str | None, Query(max_length=50, description="part of a row's words")] = None,
) -> object:
    return service.listing(paging, on=on, industry_code=industry_code, text=text)


@router.get(
    "/{row}",
    summary="名录的一类 Read one row",
    response_model=RowInEdition,
    responses=problem_responses(RowNotFound, NoEdition),
)
async def read_management_row(row: Annotated[int, Path(ge=1, le=999)], on: AsOf = None) -> object:
    return service.lookup(row, on=on)


@classifications.post(
    "",
    summary="判定管理类别 Find the management class of a site",
    response_model=Classification,
    responses=problem_responses(ClassificationInvalid, NoEdition),
)
@also_checked_by(service.findings)
async def classify_site(content: ClassificationQuery, asker: Asker) -> object:
    return service.classify(content)

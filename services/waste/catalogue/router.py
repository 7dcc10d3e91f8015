"""HTTP of the catalogue. No sign-in: it is a list that the ministries publish by order, for everybody to follow."""

from datetime import date
from typing import Annotated

from fastapi import Query

from services.kit.pages import Paging
from services.kit.routing import problem_responses
from services.kit.routing import router as new_router
from services.waste.catalogue import service
from services.waste.catalogue.errors import CodeNotListed, NoEdition
from services.waste.catalogue.schemas import EntryInEdition, EntryPage
from services.waste.types import Category, HazardTrait

router = new_router("/v1/waste/catalogue", tag="catalogue")
AsOf = Annotated[date | None, Query(description="the edition that served on this day; default: today")]


@router.get(
    "",
    summary="国家危险废物名录 List the catalogue of hazardous wastes",
    response_model=EntryPage,
    responses=problem_responses(NoEdition),
)
async def list_catalogue(
    paging: Paging,
    on: AsOf = None,
    category: Annotated[Category | None, Query(description="such as HW08")] = None,
    trait: Annotated[HazardTrait | None, Query(description="certain or possible")] = None,
    text: Annotated[str | None, Query(max_length=50, description="part of the description")] = None,
) -> object:
    return service.listing(paging, on=on, category=category, trait=trait, text=text)


@router.get(
    "/{code}",
    summary="废物代码 Read one waste code",
    response_model=EntryInEdition,
    responses=problem_responses(CodeNotListed, NoEdition),
)
async def read_code(code: str, on: AsOf = None) -> object:
    return service.lookup(code, on=on)

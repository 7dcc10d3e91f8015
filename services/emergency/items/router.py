"""HTTP of items."""

from typing import Annotated

from fastapi import Query, Response

from services.emergency.auth import Reader, Storekeeper
from services.emergency.items import repository, service
from services.emergency.items.errors import ItemExists, ItemNotFound
from services.emergency.items.schemas import Category, ItemCreate, ItemRead
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Page

router = new_router("/v1/emergency/items", tag="items")


@router.get("", summary="物资目录 List items", response_model=Page[ItemRead])
async def list_items(
    _: Reader,
    session: Session,
    paging: Paging,
    category: Category | None = None,
    name: Annotated[str | None, Query(max_length=100, description="part of the name")] = None,
) -> object:
    found, following = await repository.page_of(session, query=paging, category=category, name=name)
    return {"items": found, "next_cursor": following}


@router.get(
    "/{code}",
    summary="物资 Read an item",
    response_model=ItemRead,
    responses=problem_responses(ItemNotFound),
)
async def read_item(code: str, _: Reader, session: Session) -> object:
    return await service.get(session, code=code)


@router.post(
    "",
    summary="登记物资 Register an item",
    status_code=201,
    response_model=ItemRead,
    responses=problem_responses(ItemExists),
)
async def register_item(
    content: ItemCreate, storekeeper: Storekeeper, session: Session, response: Response
) -> object:
    item = await service.register(session, storekeeper, content)
    response.headers["location"] = f"/v1/emergency/items/{item.code}"
    return item

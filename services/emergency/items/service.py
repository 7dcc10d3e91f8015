"""Use cases of items: register, read."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.items import repository
from services.emergency.items.errors import ItemExists, ItemNotFound
from services.emergency.items.events import ITEM_REGISTERED, ItemFact
from services.emergency.items.models import Item
from services.emergency.items.schemas import ItemCreate, ItemRead
from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.ids import new_id


async def get(session: AsyncSession, *, code: str) -> Item:
    item = await repository.by_code(session, code)
    if item is None:
        raise ItemNotFound()
    return item


async def register(session: AsyncSession, principal: Principal, content: ItemCreate) -> Item:
    """Adds an item to the list; 409 where its code is taken."""
    item = Item(id=new_id(), created_at=clock.now(), **content.model_dump())
    session.add(item)
    try:
        await session.flush()
    except IntegrityError as error:
        raise ItemExists() from error
    deeds.record(
        session,
        principal,
        kind=ITEM_REGISTERED,
        entity="item",
        entity_id=item.code,
        subject=f"/v1/emergency/items/{item.code}",
        after=ItemRead.model_validate(item).model_dump(mode="json"),
        fact=ItemFact(**item.model_dump(include=set(ItemFact.model_fields))),
    )
    return item

"""Use cases of depots: register, read."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots import repository
from services.emergency.depots.errors import DepotExists, DepotNotFound
from services.emergency.depots.events import DEPOT_REGISTERED, DepotFact
from services.emergency.depots.models import Depot
from services.emergency.depots.schemas import DepotCreate, DepotRead
from services.emergency.stock.models import Location
from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.ids import new_id


async def get(session: AsyncSession, *, code: str) -> Depot:
    depot = await repository.by_code(session, code)
    if depot is None:
        raise DepotNotFound()
    return depot


async def register(session: AsyncSession, principal: Principal, content: DepotCreate) -> Depot:
    """Adds a depot with its account in the ledger; 409 where its code is taken."""
    depot = Depot(id=new_id(), created_at=clock.now(), **content.model_dump())
    session.add(Location(id=depot.id, kind="depot"))
    await session.flush()
    session.add(depot)
    try:
        await session.flush()
    except IntegrityError as error:
        raise DepotExists() from error
    deeds.record(
        session,
        principal,
        kind=DEPOT_REGISTERED,
        entity="depot",
        entity_id=depot.code,
        subject=f"/v1/emergency/depots/{depot.code}",
        after=DepotRead.model_validate(depot).model_dump(mode="json"),
        fact=DepotFact(**depot.model_dump(include=set(DepotFact.model_fields))),
    )
    return depot

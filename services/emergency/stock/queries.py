"""SQL that reads stock: balances and movements as lists, and the ledger's own proof."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots.models import Depot
from services.emergency.incidents.models import Incident
from services.emergency.items.models import Item
from services.emergency.stock.models import Balance, Intake, Location, Lot, Movement
from services.kit.pages import PageQuery, page

# One statement, so that it sees one state of the database however much is moving.
_DIFFERENCES = sa.text("""
WITH ledger AS (
    SELECT lot_id, location_id, sum(quantity) AS quantity FROM (
        SELECT lot_id, to_location_id AS location_id, quantity FROM movement
        WHERE to_kind NOT IN ('supplier', 'adjustment')
        UNION ALL
        SELECT lot_id, from_location_id, -quantity FROM movement WHERE from_kind NOT IN ('supplier', 'adjustment')
    ) AS leg GROUP BY lot_id, location_id
), promised AS (
    SELECT lot_id, depot_id AS location_id, sum(quantity - dispatched - released) AS quantity
    FROM reservation_line GROUP BY lot_id, depot_id
), on_the_way AS (
    SELECT lot_id, sum(quantity - received - lost) AS quantity FROM dispatch_line GROUP BY lot_id
), transit AS (
    SELECT lot_id, on_hand AS quantity FROM balance JOIN location ON location.id = location_id
    WHERE location.kind = 'transit'
)
SELECT 'on_hand' AS measure, lot_id, location_id, coalesce(on_hand, 0) AS recorded,
       coalesce(ledger.quantity, 0) AS computed
FROM balance FULL JOIN ledger USING (lot_id, location_id)
WHERE coalesce(on_hand, 0) <> coalesce(ledger.quantity, 0)
UNION ALL
SELECT 'reserved', lot_id, location_id, coalesce(reserved, 0), coalesce(promised.quantity, 0)
FROM balance FULL JOIN promised USING (lot_id, location_id)
WHERE coalesce(reserved, 0) <> coalesce(promised.quantity, 0)
UNION ALL
SELECT 'in_transit', lot_id, (SELECT id FROM location WHERE kind = 'transit'), coalesce(transit.quantity, 0),
       coalesce(on_the_way.quantity, 0)
FROM transit FULL JOIN on_the_way USING (lot_id)
WHERE coalesce(transit.quantity, 0) <> coalesce(on_the_way.quantity, 0)
ORDER BY measure, lot_id, location_id
""")


async def differences(session: AsyncSession) -> list[Any]:
    """Where a balance is not what movements, reservations and dispatches add up to; empty where all is well.

    Rows of (measure, lot_id, location_id, recorded, computed).
    """
    connection = await session.connection()
    return list(await connection.execute(_DIFFERENCES))


async def sizes(session: AsyncSession) -> tuple[int, int]:
    """How many movements and balances there are."""
    movements = (await session.exec(select(sa.func.count()).select_from(Movement))).one()
    balances = (await session.exec(select(sa.func.count()).select_from(Balance))).one()
    return movements, balances


async def balances_page(
    session: AsyncSession,
    *,
    query: PageQuery,
    item_code: str | None,
    category: str | None,
    depot_code: str | None,
    incident_id: uuid.UUID | None,
) -> tuple[list[Balance], str | None]:
    """What is not used up: depots, on the way, at incidents."""
    statement = (
        select(Balance)
        .join(Location, col(Location.id) == Balance.location_id)
        .where(Balance.on_hand > 0, col(Location.kind).in_(("depot", "transit", "incident")))
    )
    if item_code is not None or category is not None:
        statement = statement.join(Lot, col(Lot.id) == Balance.lot_id).join(Item, col(Item.id) == Lot.item_id)
    if item_code is not None:
        statement = statement.where(Item.code == item_code)
    if category is not None:
        statement = statement.where(Item.category == category)
    if depot_code is not None:
        statement = statement.join(Depot, col(Depot.id) == Balance.location_id).where(
            Depot.code == depot_code
        )
    if incident_id is not None:
        statement = statement.where(Balance.location_id == incident_id)
    by = [(col(Balance.lot_id), uuid.UUID), (col(Balance.location_id), uuid.UUID)]
    return await page(session, statement, by=by, query=query)


async def movements_page(
    session: AsyncSession, *, query: PageQuery, lot_id: uuid.UUID | None, document_id: uuid.UUID | None
) -> tuple[list[Movement], str | None]:
    """In the order of the ledger."""
    statement = select(Movement)
    if lot_id is not None:
        statement = statement.where(Movement.lot_id == lot_id)
    if document_id is not None:
        statement = statement.where(Movement.document_id == document_id)
    return await page(session, statement, by=[(col(Movement.sequence), int)], query=query)


async def lots_with_items(
    session: AsyncSession, lot_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, tuple[Lot, Item]]:
    statement = (
        select(Lot, Item).join(Item, col(Item.id) == col(Lot.item_id)).where(col(Lot.id).in_(set(lot_ids)))
    )
    return {lot.id: (lot, item) for lot, item in await session.exec(statement)}


async def places_of(
    session: AsyncSession, location_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, str]]:
    """Kind and name of these accounts: a depot's code, an incident's number, else the kind itself."""
    statement = (
        select(Location.id, Location.kind, sa.func.coalesce(Depot.code, Incident.number, Location.kind))
        .outerjoin(Depot, col(Depot.id) == col(Location.id))
        .outerjoin(Incident, col(Incident.id) == col(Location.id))
        .where(col(Location.id).in_(set(location_ids)))
    )
    return {place: (kind, name) for place, kind, name in await session.exec(statement)}


async def intake_by_id(session: AsyncSession, intake_id: uuid.UUID) -> Intake | None:
    return (await session.exec(select(Intake).where(Intake.id == intake_id))).first()

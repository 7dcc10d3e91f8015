"""SQL of stock: lots, accounts, and the row locks under which balances change.

Balances are locked in ascending (lot, location) everywhere, so that two transactions never wait for each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots.models import Depot
from services.emergency.stock.models import Balance, Lot
from services.emergency.stock.rules import Shelf

_BALANCE = cast(sa.Table, Balance.__table__)  # type: ignore[attr-defined]
_LOT = cast(sa.Table, Lot.__table__)  # type: ignore[attr-defined]
Key = tuple[uuid.UUID, uuid.UUID]
"""A balance: lot and location."""


@dataclass(slots=True)
class Change:
    """What is added to a balance."""

    on_hand: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)


async def lock_shelves(session: AsyncSession, item_ids: Iterable[uuid.UUID]) -> list[Shelf]:
    """What the depots hold of these items, locked until the transaction ends."""
    statement = (
        sa.select(
            _BALANCE.c.lot_id,
            _BALANCE.c.location_id,
            col(Lot.item_id),
            col(Lot.lot_number),
            col(Depot.code),
            col(Lot.expires_on),
            _BALANCE.c.on_hand,
            _BALANCE.c.reserved,
        )
        .join(_LOT, col(Lot.id) == _BALANCE.c.lot_id)
        .join(Depot, col(Depot.id) == _BALANCE.c.location_id)
        .where(col(Lot.item_id).in_(set(item_ids)), _BALANCE.c.on_hand > 0)
        .order_by(_BALANCE.c.lot_id, _BALANCE.c.location_id)
        .with_for_update(of=_BALANCE)
    )
    connection = await session.connection()
    return [Shelf(*row) for row in await connection.execute(statement)]


async def lock(session: AsyncSession, keys: Iterable[Key]) -> dict[Key, Change]:
    """These balances as they are, locked until the transaction ends; those that are missing are made, empty."""
    wanted = sorted(set(keys))
    rows = [
        {"lot_id": lot, "location_id": location, "on_hand": Decimal(0), "reserved": Decimal(0)}
        for lot, location in wanted
    ]
    connection = await session.connection()
    await connection.execute(insert(_BALANCE).values(rows).on_conflict_do_nothing())
    statement = (
        sa.select(_BALANCE)
        .where(sa.tuple_(_BALANCE.c.lot_id, _BALANCE.c.location_id).in_(wanted))
        .order_by(_BALANCE.c.lot_id, _BALANCE.c.location_id)
        .with_for_update()
    )
    found = await connection.execute(statement)
    return {(row.lot_id, row.location_id): Change(row.on_hand, row.reserved) for row in found}


async def change(session: AsyncSession, changes: Mapping[Key, Change]) -> None:
    """Adds to balances that this transaction has locked; the database refuses what would break their CHECK."""
    statement = (
        sa.update(_BALANCE)
        .where(
            _BALANCE.c.lot_id == sa.bindparam("the_lot"),
            _BALANCE.c.location_id == sa.bindparam("the_location"),
        )
        .values(
            on_hand=_BALANCE.c.on_hand + sa.bindparam("more"),
            reserved=_BALANCE.c.reserved + sa.bindparam("promised"),
        )
    )
    rows = [
        {"the_lot": lot, "the_location": place, "more": added.on_hand, "promised": added.reserved}
        for (lot, place), added in sorted(changes.items(), key=lambda entry: entry[0])
    ]
    connection = await session.connection()
    await connection.execute(statement, rows)


async def add_lots(session: AsyncSession, lots: Sequence[Mapping[str, Any]]) -> None:
    """Adds those lots that are not known yet, in one order for everybody."""
    ordered = sorted(lots, key=lambda lot: (lot["item_id"], lot["lot_number"]))
    connection = await session.connection()
    await connection.execute(insert(_LOT).values(ordered).on_conflict_do_nothing())


async def lots_of(
    session: AsyncSession, named: Iterable[tuple[uuid.UUID, str]]
) -> dict[tuple[uuid.UUID, str], Lot]:
    """The lots among these (item id, lot number)."""
    statement = select(Lot).where(sa.tuple_(col(Lot.item_id), col(Lot.lot_number)).in_(list(set(named))))
    return {(lot.item_id, lot.lot_number): lot for lot in await session.exec(statement)}

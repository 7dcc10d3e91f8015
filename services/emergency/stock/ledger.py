"""The only writer of movements and balances: posts the entries of one document, all of them or none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.stock import queries, repository
from services.emergency.stock.errors import InsufficientStock
from services.emergency.stock.events import Leg, StockMoved, tell_moved
from services.emergency.stock.models import Movement
from services.emergency.stock.repository import Change, Key
from services.kit import clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.schemas import plain


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the ledger."""

    id: uuid.UUID
    kind: str

    @property
    def holds(self) -> bool:
        """Whether it has a balance; the world outside has none."""
        return self.kind not in ("supplier", "adjustment")


# The five single accounts; the migration makes them.
TRANSIT, SUPPLIER, CONSUMED, LOST, ADJUSTMENT = (
    Account(uuid.UUID(int=0x7000_8000_0000_0000_0000 + number), kind)
    for number, kind in enumerate(("transit", "supplier", "consumed", "lost", "adjustment"), start=1)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement to post; `reserved` of it was promised at the account it leaves, and is no longer."""

    kind: str
    lot_id: uuid.UUID
    source: Account
    target: Account
    quantity: Decimal
    reserved: Decimal = Decimal(0)


async def post(
    session: AsyncSession,
    principal: Principal,
    entries: Sequence[Entry],
    *,
    document_id: uuid.UUID,
    subject: str,
) -> None:
    """Moves goods and changes the balances with them; 409 `insufficient_stock` where an account has too little.

    `document_id` and `subject` say what the movements come from.
    """
    changes = _changes(entries)
    held = await repository.lock(session, changes)
    await _require_enough(session, held, changes)
    await repository.change(session, changes)
    movements = [_movement(principal, entry, document_id) for entry in entries]
    session.add_all(movements)
    await session.flush()
    legs = [Leg(movement_id=each.id, **each.model_dump(include=set(Leg.model_fields))) for each in movements]
    tell_moved(session, subject=subject, moved=StockMoved(document_id=document_id, movements=legs))


def _changes(entries: Sequence[Entry]) -> dict[Key, Change]:
    changes: dict[Key, Change] = {}
    for entry in entries:
        if entry.source.holds:
            left = changes.setdefault((entry.lot_id, entry.source.id), Change())
            left.on_hand -= entry.quantity
            left.reserved -= entry.reserved
        if entry.target.holds:
            changes.setdefault((entry.lot_id, entry.target.id), Change()).on_hand += entry.quantity
    return changes


async def _require_enough(session: AsyncSession, held: dict[Key, Change], changes: dict[Key, Change]) -> None:
    """What leaves must be there, and must not be promised to somebody else."""
    short = {
        key: change
        for key, change in changes.items()
        if held[key].on_hand + change.on_hand < held[key].reserved + change.reserved
    }
    if not short:
        return
    lots = await queries.lots_with_items(session, (lot for lot, _ in short))
    places = await queries.places_of(session, (place for _, place in short))
    raise InsufficientStock(
        [
            {
                "item_code": lots[lot][1].code,
                "lot_number": lots[lot][0].lot_number,
                "at": places[place][1],
                "unit": lots[lot][1].unit,
                "asked": plain(-change.on_hand),
                "left": plain(held[lot, place].on_hand - held[lot, place].reserved - change.reserved),
            }
            for (lot, place), change in sorted(short.items(), key=lambda entry: entry[0])
        ]
    )


def _movement(principal: Principal, entry: Entry, document_id: uuid.UUID) -> Movement:
    return Movement(
        id=new_id(),
        kind=entry.kind,
        lot_id=entry.lot_id,
        from_location_id=entry.source.id,
        from_kind=entry.source.kind,
        to_location_id=entry.target.id,
        to_kind=entry.target.kind,
        quantity=entry.quantity,
        document_id=document_id,
        recorded_by=principal.subject,
        recorded_at=clock.now(),
    )

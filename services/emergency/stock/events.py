"""Facts about stock."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Exact, Schema
from services.kit.texts import Text


class Leg(Schema):
    """One movement: so much of this lot from this account to that one."""

    movement_id: uuid.UUID
    kind: str
    lot_id: uuid.UUID
    from_location_id: uuid.UUID
    from_kind: str
    to_location_id: uuid.UUID
    to_kind: str
    quantity: Exact


class StockMoved(Schema):
    """Payload of `stock_moved`: every movement of one document."""

    document_id: uuid.UUID
    movements: list[Leg]


class StockReceived(Schema):
    """Payload of `stock_received`: which intake, into which depot."""

    intake_id: uuid.UUID
    depot_code: str
    supplier: str
    lines: int


STOCK_RECEIVED = EventType(
    "emergency.stock_received.v1",
    StockReceived,
    Text(zh="物资已入库", en="Goods were taken in"),
    Readers.BUREAU,
)
STOCK_MOVED = EventType(
    "emergency.stock_moved.v1",
    StockMoved,
    Text(zh="物资已移动", en="Goods moved between accounts"),
    Readers.BUREAU,
)


def tell_moved(session: AsyncSession, *, subject: str, moved: StockMoved) -> None:
    events.emit(session, kind=STOCK_MOVED, subject=subject, fact=moved)

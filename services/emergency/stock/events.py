"""Facts about stock."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events
from services.kit.schemas import Exact, Schema

STOCK_RECEIVED = "emergency.stock_received.v1"
STOCK_MOVED = "emergency.stock_moved.v1"


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


def tell_moved(session: AsyncSession, *, subject: str, moved: StockMoved) -> None:
    events.emit(session, kind=STOCK_MOVED, subject=subject, data=moved.model_dump(mode="json"))

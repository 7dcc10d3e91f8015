"""Reservations, dispatches and handovers over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from services.emergency.stock.schemas import LotLine
from services.emergency.types import MAX_QUANTITY, DepotCode, ItemCode, LotNumber, Quantity
from services.kit.schemas import Exact, Id, LongText, Moment, Schema, ShortText, Whole

ReservationState = Literal["active", "fulfilled", "cancelled"]
DispatchState = Literal["in_transit", "arrived"]
Position = Annotated[Whole, Field(ge=1, le=10_000, description="the line's number")]
Arrived = Annotated[
    Exact, Field(ge=Decimal(0), le=MAX_QUANTITY, decimal_places=3, description="0 where there is none")
]


class AskLine(Schema):
    """What is wanted. Without a lot, the lots that expire first are taken; without a depot, from any."""

    item_code: ItemCode
    quantity: Quantity
    depot_code: DepotCode | None = None
    lot_number: LotNumber | None = Field(default=None, description="needs its `depot_code`")


class ReservationCreate(Schema):
    """A request of the duty officer for one incident: all of it, or nothing."""

    incident_id: Id
    hold_hours: Whole = Field(default=24, ge=1, le=240, description="how long the goods are held")
    lines: list[AskLine] = Field(min_length=1, max_length=200)


class ReservationLineRead(Schema):
    """So much of one lot in one depot."""

    position: int
    asked_in: int = Field(description="index of the request's line that it serves")
    item_code: str
    item_name: str
    unit: str
    lot_number: str
    expires_on: date | None
    depot_code: str
    quantity: Exact
    dispatched: Exact
    released: Exact


class SkippedRead(Schema):
    """A lot that fits a line and was not used."""

    asked_in: int
    item_code: str
    lot_number: str
    depot_code: str
    reason: Literal["expired", "held"] = Field(description="expired, or held in full for others")


class ReservationRead(Schema):
    """A reservation as it stands."""

    id: uuid.UUID
    incident_id: uuid.UUID
    incident_number: str
    state: ReservationState
    expires_at: Moment
    lapsed: bool = Field(description="past its time: it can only be cancelled")
    lines: list[ReservationLineRead]
    skipped: list[SkippedRead] = Field(description="lots that were passed over when it was made, and why")
    reserved_by: str
    reserved_at: Moment
    cancelled_at: Moment | None
    reason: str | None


class CancellationCreate(Schema):
    """Why what is not yet dispatched is no longer needed."""

    reason: LongText


class DispatchLineCreate(Schema):
    """So much of a reservation's line."""

    position: Position
    quantity: Quantity


class DispatchCreate(Schema):
    """Goods of one reservation leave one depot."""

    reservation_id: Id
    depot_code: DepotCode
    lines: list[DispatchLineCreate] | None = Field(
        default=None,
        min_length=1,
        max_length=500,
        description="null: everything still reserved in this depot",
    )
    vehicle: ShortText | None = Field(default=None, description="车辆、押运人员")


class ReceiptRead(Schema):
    """The signed receipt (回执): check it offline with `steppe verify receipt`."""

    receipt_id: str
    document_sha256: str = Field(description="SHA-256 of the RFC 8785 canonical JSON of `document`")
    jws: str = Field(description="EdDSA JWS in compact form; keys at /v1/emergency/receipt-keys")


class DispatchLineRead(Schema):
    """So much of one lot on the way."""

    position: int
    item_code: str
    item_name: str
    unit: str
    lot_number: str
    quantity: Exact
    received: Exact
    lost: Exact


class DispatchRead(Schema):
    """A dispatch as it stands."""

    id: uuid.UUID
    reservation_id: uuid.UUID
    incident_id: uuid.UUID
    incident_number: str
    depot_code: str
    state: DispatchState
    vehicle: str | None
    lines: list[DispatchLineRead]
    dispatched_by: str
    dispatched_at: Moment
    document: dict[str, Any] = Field(description="what left; the receipt is over its digest")
    receipt: ReceiptRead


class ArrivalLine(Schema):
    """What came of a dispatch's line, and what is known to be lost. The rest is still on the way."""

    position: Position
    received: Arrived
    lost: Arrived = Decimal(0)


class ArrivalCreate(Schema):
    """Goods of a dispatch arrive at the incident, all or in part."""

    lines: list[ArrivalLine] = Field(min_length=1, max_length=500)
    note: LongText | None = Field(default=None, description="why something is lost")


class UseLine(LotLine):
    """So much of one lot at the incident was used up, or lost."""

    outcome: Literal["consumed", "lost"] = Field(default="consumed", description="消耗, 损失（含报废）")


class UseCreate(Schema):
    """What became of goods at the incident."""

    incident_id: Id
    lines: list[UseLine] = Field(min_length=1, max_length=500)
    note: LongText | None = None


class ReturnCreate(Schema):
    """Goods come back from the incident into a depot."""

    incident_id: Id
    depot_code: DepotCode
    condition: Literal["clean"] = Field(
        description="清洁、可再用: contaminated goods do not go back into stock"
    )
    lines: list[LotLine] = Field(min_length=1, max_length=500)


class HandoverRead(Schema):
    """An arrival, a use or a return, as it was stated."""

    id: uuid.UUID
    kind: Literal["arrival", "use", "return"]
    incident_id: uuid.UUID
    dispatch_id: uuid.UUID | None
    depot_id: uuid.UUID | None
    document: dict[str, Any]
    recorded_by: str
    recorded_at: Moment
    receipt: ReceiptRead | None = Field(description="of a return")

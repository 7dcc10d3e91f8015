"""Stock over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.emergency.types import DepotCode, ItemCode, LotNumber, Quantity
from services.kit.schemas import Day, Exact, Moment, Schema, ShortText

LocationKind = Literal["depot", "transit", "incident", "supplier", "consumed", "lost", "adjustment"]
MovementKind = Literal["intake", "dispatch", "arrival", "loss", "use", "return"]


class IntakeLine(Schema):
    """Goods of one lot that came in. More of a known lot states the same dates."""

    item_code: ItemCode
    lot_number: LotNumber
    manufactured_on: Day | None = Field(default=None, description="生产日期")
    expires_on: Day | None = Field(default=None, description="报废日期: last day of use, included")
    quantity: Quantity


class IntakeCreate(Schema):
    """Goods that came into a depot (入库单)."""

    depot_code: DepotCode
    supplier: ShortText = Field(description="供应单位")
    lines: list[IntakeLine] = Field(min_length=1, max_length=500)


class IntakeRead(Schema):
    """An intake as it was stated."""

    id: uuid.UUID
    depot_code: str
    supplier: str
    lines: list[IntakeLine]
    received_by: str
    received_at: Moment


class LotLine(Schema):
    """So much of one lot."""

    item_code: ItemCode
    lot_number: LotNumber
    quantity: Quantity


class BalanceRead(Schema):
    """What one account holds of one lot now."""

    lot_id: uuid.UUID
    location_id: uuid.UUID
    location_kind: LocationKind
    location: str = Field(description="code of the depot, number of the incident, or `transit`")
    item_code: str
    item_name: str
    category: str
    unit: str
    lot_number: str
    manufactured_on: date | None
    expires_on: date | None
    expired: bool = Field(description="past its last day of use: it does not leave the depot")
    on_hand: Exact
    reserved: Exact = Field(description="promised to incidents")
    available: Exact = Field(description="on hand, not promised, not expired, in a depot")


class MovementRead(Schema):
    """One line of the ledger."""

    id: uuid.UUID
    sequence: int
    kind: MovementKind
    lot_id: uuid.UUID
    from_location_id: uuid.UUID
    from_kind: LocationKind
    to_location_id: uuid.UUID
    to_kind: LocationKind
    quantity: Exact
    document_id: uuid.UUID
    recorded_by: str
    recorded_at: Moment


class DifferenceRead(Schema):
    """A balance that is not what it should be."""

    measure: Literal["on_hand", "reserved", "in_transit"]
    lot_id: uuid.UUID
    item_code: str | None
    lot_number: str | None
    location_id: uuid.UUID
    location: str | None
    recorded: Exact
    computed: Exact = Field(description="from movements, reservations or dispatches")


class CheckRead(Schema):
    """The ledger's proof: every balance is the sum of its movements, every reserved quantity of its reservations."""

    as_of: Moment
    balanced: bool
    movements: int
    balances: int
    differences: list[DifferenceRead]

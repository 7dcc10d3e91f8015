"""Medical waste bags over the wire."""

import uuid
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import Uscc
from services.kit.schemas import Exact, Moment, Schema, ShortText
from services.waste.clocks.schemas import DeadlineRead
from services.waste.types import Mass, Plate

BagKind = Literal["infectious", "sharps", "pathological", "pharmaceutical", "chemical"]
BagState = Literal["registered", "stored", "collected", "delivered"]
PlaceName = Literal["clinic", "vehicle", "plant"]
BagCode = Annotated[
    str,
    Field(pattern=r"^[A-Z0-9][A-Z0-9-]{5,39}$", description="printed on the bag", examples=["YF26-000123"]),
]


class BagCreate(Schema):
    """What a hospital registers when a bag is closed (医疗废物管理条例 art. 12)."""

    code: BagCode
    hospital_uscc: Uscc
    department: ShortText | None = Field(default=None, description="科室: where it comes from")
    kind: BagKind = Field(description="感染性, 损伤性, 病理性, 药物性, 化学性")
    mass_kg: Mass


class ScanCreate(Schema):
    """A bag seen at a place."""

    place: PlaceName = Field(description="暂存间 clinic, 转运车 vehicle, 处置单位 plant")
    uscc: Uscc = Field(description="the unit that scans: hospital, carrier or plant")
    scanned_at: Moment = Field(description="by the handheld's clock")
    plate: Plate | None = Field(default=None, description="required on a vehicle")


class ScanRead(Schema):
    """One scan."""

    id: uuid.UUID
    place: PlaceName
    uscc: str
    plate: str | None
    scanned_at: Moment
    received_at: Moment = Field(description="by our clock")
    scanner: str


class BagSummary(Schema):
    """A bag in a list."""

    id: uuid.UUID
    code: str
    hospital_uscc: str
    department: str | None
    kind: BagKind
    waste_code: str
    mass_kg: Exact
    state: BagState
    carrier_uscc: str | None
    plant_uscc: str | None
    registered_at: Moment
    storage: DeadlineRead | None = Field(description="48 hours from when it was first stored")
    overdue: bool = Field(description="stored longer than the law allows, and still there")


class BagRead(BagSummary):
    """A bag with its scans in order."""

    expected: PlaceName | None = Field(description="where it is to be scanned next")
    scans: list[ScanRead]

"""Manifests over the wire."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from services.kit.identifiers.types import Uscc
from services.kit.schemas import Exact, Flag, LongText, Moment, Schema, ShortText, Whole
from services.waste.clocks.schemas import DeadlineRead
from services.waste.receipts import ReceiptRead
from services.waste.types import (
    Category,
    HazardTrait,
    LicenceNumber,
    Mass,
    MassOrNone,
    Mode,
    NationalNumber,
    Packaging,
    Phone,
    PhysicalForm,
    Plate,
    SiteCode,
    WasteCode,
)

ManifestState = Literal[
    "draft",
    "submitted",
    "ready",
    "in_transit",
    "arrived",
    "accepted",
    "partially_accepted",
    "rejected",
    "cancelled",
]
Traits = Annotated[list[HazardTrait], Field(min_length=1, max_length=5, description="危险特性")]
Containers = Annotated[Whole, Field(ge=1, le=100_000, description="包装数量")]


class LineContent(Schema):
    """One waste on the manifest, as weighed by the shipper (Order 23 art. 10)."""

    waste_code: WasteCode
    category: Category
    waste_name: ShortText
    hazard_traits: Traits
    form: PhysicalForm = Field(description="形态: 固态, 液态, 半固态, 气态")
    packaging: Packaging = Field(description="包装方式: 桶, 袋, 箱, 罐, 散装, 其他")
    container_count: Containers
    mass_kg: Mass = Field(description="移出量, kg")
    mode: Mode = Field(description="拟利用处置方式")


class ManifestContent(Schema):
    """What the shipper fills in."""

    shipper_uscc: Uscc
    site_code: SiteCode = "001"
    shipper_handler: ShortText = Field(description="移出经办人")
    shipper_phone: Phone
    carrier_uscc: Uscc
    receiver_uscc: Uscc
    licence_number: LicenceNumber
    emergency_measures: LongText = Field(description="应急措施 (Order 23 art. 10)")
    lines: list[LineContent] = Field(min_length=1, max_length=50)


class ShipperSignature(Schema):
    """移出人: what is handed over is what the manifest says."""

    handler: ShortText


class CarrierSignature(Schema):
    """承运人: the load was checked against the manifest (Order 23 art. 11, 13; what differs is not loaded)."""

    driver: ShortText
    plate: Plate
    load_matches: Annotated[Flag, Field(description="true: kind, count and labels were compared")]
    start_place: ShortText = Field(description="起点")
    end_place: ShortText = Field(description="终点")
    departed_at: Moment


class Arrival(Schema):
    """接受人: the vehicle is there. The confirmation clock of art. 18 starts."""

    handler: ShortText
    arrived_at: Moment


class Observed(Schema):
    """What was seen otherwise than declared; what is left out is as declared."""

    waste_code: WasteCode | None = None
    waste_name: ShortText | None = None
    hazard_traits: Traits | None = None
    form: PhysicalForm | None = None
    packaging: Packaging | None = None
    container_count: Containers | None = None


class ReceptionLineContent(Schema):
    """What arrived of one line: accepted + refused = arrived, exactly."""

    line: Annotated[Whole, Field(ge=1, le=50)]
    arrived_kg: MassOrNone
    accepted_kg: MassOrNone
    refused_kg: MassOrNone
    refusal_reason: LongText | None = None
    observed: Observed | None = None


class ReceptionCreate(Schema):
    """接受人: the decision on every line (Order 23 art. 12, 18)."""

    handler: ShortText
    opinion: LongText | None = Field(default=None, description="接受人处理意见")
    lines: list[ReceptionLineContent] = Field(min_length=1, max_length=50)


class CancellationCreate(Schema):
    """Why the transfer does not take place."""

    reason: LongText


class NationalNumberCreate(Schema):
    """The number that the national system gave this transfer (Order 23 art. 15)."""

    national_no: NationalNumber


class ReceptionLineRead(Schema):
    """What arrived of one line."""

    arrived_kg: Exact
    accepted_kg: Exact
    refused_kg: Exact
    difference_kg: Exact = Field(description="arrived - declared")
    refusal_reason: str | None
    observed: dict[str, Any]


class LineRead(LineContent):
    """One line, and what arrived of it."""

    line: int
    reception: ReceptionLineRead | None


class StepRead(Schema):
    """One step, as it was signed."""

    position: int
    step: str
    state: ManifestState = Field(description="the state it led to")
    party: str
    uscc: str
    basis: str
    signed_by: str
    signed_at: Moment
    document: dict[str, Any]
    receipt: ReceiptRead


class NoticeRead(Schema):
    """Who was told of a discrepancy, and when."""

    id: uuid.UUID
    addressee_kind: Literal["shipper", "bureau"]
    addressee: str = Field(description="USCC of the shipper, or region code of the receiving place")
    basis: str
    opened_at: Moment


class DiscrepancyLine(Schema):
    """One line that was not what the manifest says."""

    line: int
    waste_code: str
    declared_kg: Exact
    arrived_kg: Exact
    accepted_kg: Exact
    refused_kg: Exact
    fields: list[str] = Field(description="in which fields it differs (Order 23 art. 18)")


class DiscrepancyRead(Schema):
    """A discrepancy, and who was told."""

    found_at: Moment
    lines: list[DiscrepancyLine]
    notices: list[NoticeRead]


class ManifestSummary(Schema):
    """A manifest in a list."""

    id: uuid.UUID
    number: str = Field(description="本系统编号: our own, not the national number")
    national_no: str | None
    state: ManifestState
    version: int
    shipper_uscc: str
    carrier_uscc: str
    receiver_uscc: str
    licence_number: str
    created_at: Moment
    submitted_at: Moment | None
    departed_at: Moment | None
    arrived_at: Moment | None
    decided_at: Moment | None
    updated_at: Moment


class ManifestRead(ManifestSummary):
    """A manifest with all that happened to it."""

    content: ManifestContent
    year: int | None = Field(description="the calendar year whose budgets it counts against")
    catalogue_edition: str | None
    catalogue_provisional: bool | None = Field(
        description="true where the table of the edition in force was not at hand"
    )
    lines: list[LineRead]
    steps: list[StepRead]
    confirmation: DeadlineRead | None = Field(description="接受确认期限 (Order 23 art. 18)")
    discrepancy: DiscrepancyRead | None


class Signed(Schema):
    """The answer to a submission or a signature."""

    manifest: ManifestSummary
    step: str
    document: dict[str, Any] = Field(description="what was signed; the receipt is over its digest")
    receipt: ReceiptRead


class NoticeInList(NoticeRead):
    """A notice with what it is about."""

    manifest_id: uuid.UUID
    manifest_number: str
    lines: list[DiscrepancyLine]

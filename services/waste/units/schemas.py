"""Units over the wire."""

import uuid
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import RegionCode, Uscc
from services.kit.schemas import ONE_LINE, VISIBLE, Moment, Schema, ShortText
from services.waste.types import Phone

UnitKind = Literal["generator", "carrier", "receiver", "hospital"]
Kinds = Annotated[
    list[UnitKind],
    Field(min_length=1, max_length=4, description="产废单位, 运输单位, 接收单位, 医疗卫生机构"),
]
TransportLicence = Annotated[
    str,
    Field(min_length=1, max_length=40),
    VISIBLE,
    ONE_LINE,
    Field(description="道路危险货物运输许可证号; required of carriers"),
]


class UnitCreate(Schema):
    """What a clerk registers."""

    uscc: Uscc
    name: ShortText
    kinds: Kinds
    region_code: RegionCode = Field(
        description="where it is: the bureau of this place hears of discrepancies"
    )
    address: ShortText
    contact: ShortText
    phone: Phone
    emergency_phone: Phone = Field(description="应急联系电话, on every manifest")
    transport_licence: TransportLicence | None = None


class UnitUpdate(Schema):
    """What may change; what is left out stays."""

    name: ShortText | None = None
    kinds: Kinds | None = None
    address: ShortText | None = None
    contact: ShortText | None = None
    phone: Phone | None = None
    emergency_phone: Phone | None = None
    transport_licence: TransportLicence | None = None


class UnitRead(Schema):
    """A unit as it is registered now."""

    id: uuid.UUID
    uscc: str
    name: str
    kinds: list[UnitKind]
    region_code: str
    address: str
    contact: str
    phone: str
    emergency_phone: str
    transport_licence: str | None
    version: int
    created_at: Moment
    updated_at: Moment

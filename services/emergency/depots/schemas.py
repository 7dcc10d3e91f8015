"""Depots over the wire."""

import uuid
from typing import Literal

from pydantic import Field

from services.emergency.types import DepotCode, Latitude, Longitude, Phone
from services.kit.identifiers.types import RegionCode, Uscc
from services.kit.schemas import Exact, Moment, Schema, ShortText

DepotKind = Literal["government", "entrusted", "agreement"]
KIND_TEXT = "政府储备 government, 企业代储 entrusted, 协议储备 agreement (突发事件应对法 art. 46)"


class DepotCreate(Schema):
    """What a storekeeper registers (环境应急资源调查指南: 单位名称、物资库位置、经纬度、负责人、联系方式)."""

    code: DepotCode
    name: ShortText
    kind: DepotKind = Field(description=KIND_TEXT)
    keeper_uscc: Uscc = Field(description="the unit that keeps the depot: receipts are issued on its behalf")
    region_code: RegionCode
    address: ShortText
    longitude: Longitude
    latitude: Latitude
    crs: Literal["CGCS2000"] = "CGCS2000"
    contact: ShortText = Field(description="负责人/联系人")
    phone: Phone


class DepotRead(Schema):
    """A depot as it is registered."""

    id: uuid.UUID
    code: str
    name: str
    kind: DepotKind = Field(description=KIND_TEXT)
    keeper_uscc: str
    region_code: str
    address: str
    longitude: Exact
    latitude: Exact
    crs: str
    contact: str
    phone: str
    created_at: Moment

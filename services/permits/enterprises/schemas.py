"""Enterprises over the wire."""

import uuid
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.kit.identifiers.types import IndustryCode, RegionCode, Uscc
from services.kit.schemas import Exact, Flag, Moment, Schema, ShortText

ManagementClass = Literal["key", "simplified", "registration"]


def _six_places(degrees: Decimal) -> Decimal:
    """As the column keeps them: the answer to a registration reads as every later one."""
    return degrees.quantize(Decimal("0.000001"))


Longitude = Annotated[
    Exact, Field(ge=Decimal(73), le=Decimal(136), decimal_places=6), AfterValidator(_six_places)
]
Latitude = Annotated[
    Exact, Field(ge=Decimal(3), le=Decimal(54), decimal_places=6), AfterValidator(_six_places)
]


class EnterpriseCreate(Schema):
    """What a clerk registers."""

    uscc: Uscc
    name: ShortText
    region_code: RegionCode
    industry_code: IndustryCode
    address: ShortText
    longitude: Longitude | None = Field(default=None, description="degrees east, CGCS2000")
    latitude: Latitude | None = Field(default=None, description="degrees north, CGCS2000")
    crs: Literal["CGCS2000"] = "CGCS2000"
    management_class: ManagementClass = Field(description="重点 key, 简化 simplified, 登记 registration")
    automatic_monitoring: Flag = False
    legal_representative: ShortText


class EnterpriseUpdate(Schema):
    """What may change without a new permit; what is left out stays (条例 art. 14: within 30 days)."""

    name: ShortText | None = None
    address: ShortText | None = None
    legal_representative: ShortText | None = None


class CreditRead(Schema):
    """The enterprise's grade in the credit ledger (环境信用等级), as last heard from it."""

    grade: str
    grade_name: str
    rule_pack: str
    evaluated_at: Moment


class EnterpriseRead(Schema):
    """An enterprise as it is registered now."""

    id: uuid.UUID
    uscc: str
    name: str
    region_code: str
    industry_code: str
    address: str
    longitude: Exact | None
    latitude: Exact | None
    crs: str
    management_class: ManagementClass
    automatic_monitoring: bool
    legal_representative: str
    version: int
    created_at: Moment
    updated_at: Moment
    credit: CreditRead | None = Field(default=None, description="null where credit has not graded it")

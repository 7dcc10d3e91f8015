"""Identifiers and quantities of waste as pydantic types."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.kit.fields import field_error
from services.kit.identifiers.types import MAX_RAW, well_formed
from services.kit.schemas import Exact
from services.kit.texts import Text

_MAX_KG = Decimal(10) ** 9
_PLACES = 6
_CATEGORY = re.compile("HW(0[1-9]|[1-4][0-9]|50)")


def _category_or_code(value: str) -> str:
    return value if _CATEGORY.fullmatch(value) else well_formed("waste_code")(value)


def _mass(value: Decimal) -> Decimal:
    # A bound on size and places keeps every sum and difference within 28 digits, that is exact.
    if not 0 <= value <= _MAX_KG or -int(value.as_tuple().exponent) > _PLACES:
        text = Text(
            zh="应为0至1000000000千克，小数至多6位", en="from 0 to 1000000000 kg, with up to 6 places"
        )
        raise field_error("mass_out_of_range", text)
    return value


def _not_zero(value: Decimal) -> Decimal:
    if not value:
        raise field_error("mass_zero", Text(zh="应大于0", en="must be greater than 0"))
    return value


WasteCode = Annotated[
    str,
    Field(max_length=MAX_RAW, description="废物代码 (国家危险废物名录 art. 5)", examples=["900-249-08"]),
    AfterValidator(well_formed("waste_code")),
]
LicenceNumber = Annotated[
    str,
    Field(max_length=MAX_RAW, description="危险废物经营许可证编号", examples=["1525010001"]),
    AfterValidator(well_formed("waste_licence")),
]
NationalNumber = Annotated[
    str,
    Field(max_length=MAX_RAW, description="国家系统的联单编号, 14 digits (Order 23 art. 15), not made by us"),
    AfterValidator(well_formed("manifest_number")),
]
Plate = Annotated[
    str,
    Field(max_length=MAX_RAW, description="号牌; of another country as MN:1234УНА", examples=["蒙H12345"]),
    AfterValidator(well_formed("plate")),
]
Phone = Annotated[
    str, Field(max_length=MAX_RAW, examples=["13800000000"]), AfterValidator(well_formed("phone"))
]

MassOrNone = Annotated[Exact, AfterValidator(_mass)]
"""Kilograms from 0 on."""
Mass = Annotated[Exact, AfterValidator(_mass), AfterValidator(_not_zero)]
"""Kilograms, more than 0."""

Category = Annotated[str, Field(pattern=f"^{_CATEGORY.pattern}$", description="废物类别", examples=["HW08"])]
CategoryOrCode = Annotated[
    str,
    Field(max_length=MAX_RAW, description="a whole category or one code", examples=["HW08", "900-249-08"]),
    AfterValidator(_category_or_code),
]
HazardTrait = Literal["T", "C", "I", "R", "In"]
PhysicalForm = Literal["solid", "liquid", "semi_solid", "gas"]  # 固态 液态 半固态 气态
Packaging = Literal["drum", "bag", "box", "tank", "bulk", "other"]  # 桶 袋 箱 罐 散装 其他
Mode = Literal["collect", "store", "recycle", "dispose"]  # 收集 贮存 利用 处置
SiteCode = Annotated[
    str, Field(pattern=r"^\d{3}$", description="场所序号, as in the permit number", examples=["001"])
]

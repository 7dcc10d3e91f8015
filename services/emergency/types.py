"""Codes, places and quantities of emergency as pydantic types."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from services.kit.fields import field_error
from services.kit.identifiers import check
from services.kit.schemas import Exact
from services.kit.texts import Text

MAX_QUANTITY = Decimal(10) ** 9
MAX_PLACES = 3


def _quantity(value: Decimal) -> Decimal:
    # A bound on size and places keeps every sum and difference within 28 digits, that is exact.
    if not 0 < value <= MAX_QUANTITY or -int(value.as_tuple().exponent) > MAX_PLACES:
        text = Text(
            zh="应大于0、不超过1000000000，小数至多3位",
            en="must be more than 0 and at most 1000000000, with up to 3 places",
        )
        raise field_error("quantity_out_of_range", text)
    return value


def _phone(value: str) -> str:
    verdict = check("phone", value)
    if verdict.ok:
        return verdict.value
    text = verdict.reason or Text(zh="电话号码格式不正确", en="not a telephone number")
    raise field_error(verdict.code or "phone_invalid", text, suggestion=verdict.suggestion)


def _code(example: str, meaning: str) -> Any:
    return Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,39}$", description=meaning, examples=[example])


Quantity = Annotated[Exact, AfterValidator(_quantity)]
"""How much, in the item's own unit: more than 0, exact."""

DepotCode = Annotated[str, _code("CK-01", "储备库编码")]
ItemCode = Annotated[str, _code("SF-002", "物资编码")]
LotNumber = Annotated[str, _code("2026-03-A", "批号")]
Phone = Annotated[str, Field(max_length=64, examples=["13800000000"]), AfterValidator(_phone)]
Longitude = Annotated[Exact, Field(ge=Decimal(73), le=Decimal(136), description="degrees east, CGCS2000")]
Latitude = Annotated[Exact, Field(ge=Decimal(3), le=Decimal(54), description="degrees north, CGCS2000")]

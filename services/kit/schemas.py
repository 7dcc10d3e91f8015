"""What all wire types share: unknown fields are refused, texts are stripped, decimals are strings."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from services.kit.fields import field_error
from services.kit.texts import Text

_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,12})?")


class Schema(BaseModel):
    """Base of Create, Update and Read types."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, from_attributes=True)


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise field_error(
        "decimal_string_expected",
        Text(
            zh='应为十进制数字符串，如 "12.50"（整数部分至多18位，小数至多12位）',
            en='expected a decimal number as a string, such as "12.50" (up to 18 digits and 12 places)',
        ),
    )


def plain(value: Decimal) -> str:
    """A decimal as it goes over the wire: no exponent, places kept as given."""
    return format(value, "f")


Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(plain, return_type=str, when_used="json-unless-none"),
    WithJsonSchema({"type": "string", "pattern": f"^{_DECIMAL.pattern}$", "examples": ["12.50"]}),
]
"""A decimal that is law or money: a string in JSON, `Decimal` in Python, never a float."""

Moment = AwareDatetime
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(min_length=1, max_length=4000)]

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list in a stable order; `next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="Pass it as `cursor` to get the next page")

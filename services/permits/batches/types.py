"""Types of the cells of bulk rows: checked without a call into Python, so that ten thousand rows are quick.

They say the same as `Exact`, `Id` and `Moment` of the kit, and hold texts where nothing is reckoned with the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, core_schema

from services.kit.fields import Saying, Then
from services.kit.texts import Text

_DECIMAL = r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?$"
_UUID7 = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$"
_RFC3339 = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"


@dataclass(frozen=True, slots=True)
class _Written:
    """Only texts of this form are read: pydantic alone takes numbers, and «20260501», for moments."""

    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.chain_schema([core_schema.str_schema(pattern=self.pattern), handler(source)])


Figure = Annotated[
    str,
    Field(pattern=_DECIMAL, examples=["12.50"]),
    Saying(
        "decimal_string_expected",
        Text(
            zh='应为不小于零的十进制数字符串，如 "12.50"（整数部分至多18位，小数至多12位）',
            en='expected a decimal number, zero or more, as a string, such as "12.50" (up to 18 digits and 12 places)',
        ),
    ),
]
"""A quantity that is kept as it was written."""


Percentage = Annotated[
    Figure,
    Then(
        r"^((0|[1-9][0-9]?)(\.[0-9]+)?|100(\.0+)?)$",
        Saying(
            "percentage_too_high",
            Text(zh="占比不能超过100%", en="a share is not more than 100 per cent"),
            article="排污许可管理条例 第二十一条",
        ),
    ),
]
"""How much of a whole something is, in per cent."""

EntryId = Annotated[
    str,
    StringConstraints(to_lower=True, pattern=_UUID7),
    Field(json_schema_extra={"format": "uuid"}, description="UUID version 7 (RFC 9562), made by the sender"),
    Saying(
        "uuid7_expected", Text(zh="应为 UUID 第7版（RFC 9562）", en="expected a UUID version 7 (RFC 9562)")
    ),
]
"""What the sender calls a row, so that a row sent twice is one."""

Instant = Annotated[
    AwareDatetime,
    _Written(_RFC3339),
    Field(examples=["2026-03-31T10:00:00+08:00"]),
    Saying(
        "moment_expected",
        Text(
            zh="应为带时区的时间（RFC 3339），如 2026-05-01T08:00:00+08:00",
            en="expected a time with its offset (RFC 3339), such as 2026-05-01T08:00:00+08:00",
        ),
    ),
]

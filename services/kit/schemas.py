"""What all wire types share: unknown fields are refused, texts are stripped, decimals are strings."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

from services.kit import clock
from services.kit.characters import HIDDEN, SEEN, UNSEEN
from services.kit.fields import Saying, Then, field_error
from services.kit.texts import Text

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOMENT = Text(zh="应为带时区的时间（RFC 3339）", en="expected a time with offset (RFC 3339)")
_OUT_OF_CALENDAR = Text(
    zh="换算为协调世界时或当地时间后超出公元1年至9999年",
    en="in UTC or city time it is outside the years 1 to 9999",
)


class Schema(BaseModel):
    """Base of Create, Update and Read types."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, from_attributes=True)


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and _DECIMAL.fullmatch(text := value.strip()):
        number = Decimal(text)
        return number if number else number.copy_abs()  # -0 is 0
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


_AS_STRING = PlainSerializer(plain, return_type=str, when_used="json-unless-none")

Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    _AS_STRING,
    WithJsonSchema({"type": "string", "pattern": f"^{_DECIMAL.pattern}$", "examples": ["12.50"]}),
]
"""A decimal that is law or money: a string in JSON, `Decimal` in Python, never a float."""

Computed = Annotated[
    Decimal,
    _AS_STRING,
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["0.25"]}),
]
"""A decimal that we work out from exact ones: a string in JSON, of as many digits as it takes. Never read in."""


def _day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass  # the form is right, the calendar has no such day
    raise field_error("date_expected", Text(zh="应为日期（YYYY-MM-DD）", en="expected a date (YYYY-MM-DD)"))


def is_id(text: str) -> bool:
    """Whether it is written as an id is (RFC 9562 4), in letters of either case."""
    return _ID.fullmatch(text) is not None


def _id(value: Any) -> Any:
    if isinstance(value, uuid.UUID) or (isinstance(value, str) and is_id(value.strip())):
        return value
    raise field_error("uuid_expected", Text(zh="应为 UUID", en="expected a UUID"))


def _written(value: Any) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and _DAY.match(value.strip())):
        return value
    raise field_error("datetime_type", _MOMENT)


def _sayable(value: datetime) -> datetime:
    if 1 < value.year < 9999:
        return value
    try:
        for zone in (UTC, clock.CITY_TIME):  # as it is kept, and as deadlines are counted from it
            value.astimezone(zone)
    except OverflowError:
        raise field_error("moment_out_of_calendar", _OUT_OF_CALENDAR) from None
    return value


# pydantic alone also takes "80", 80.0 and true for 80, seconds since 1970 for a date or a moment and {…} around a
# UUID. A document that is signed for has one reading only.
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[uuid.UUID, BeforeValidator(_id)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_sayable)]

ONE_LINE = Then(
    f"^[^{UNSEEN}]*$",
    Saying(
        "unseen_character",
        Text(
            zh="含有换行、不可见字符或者改变文字方向的控制字符",
            en="holds a line break, or a character that is not seen or turns the text",
        ),
    ),
)
VISIBLE = Then(SEEN, Saying("blank_name", Text(zh="没有可见的字符", en="holds nothing that can be seen")))
ShortText = Annotated[str, Field(min_length=1, max_length=200), VISIBLE, ONE_LINE]
"""One line that reads as it is written, wherever it is shown to others."""
LongText = Annotated[
    str,
    Field(min_length=1, max_length=4000),
    Then(SEEN, Saying("blank_text", Text(zh="没有可见的文字", en="holds no text that can be seen"))),
    Then(
        f"^[^{HIDDEN}]*$",
        Saying(
            "unseen_character",
            Text(
                zh="含有不可见字符或者改变文字方向的控制字符",
                en="holds a character that is not seen or turns the text",
            ),
        ),
    ),
]
"""Lines that read as they are written."""
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), VISIBLE, ONE_LINE
]
"""What somebody or something is called: a `ShortText` that is stripped wherever it comes from."""

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list in a stable order; `next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="Pass it as `cursor` to get the next page")

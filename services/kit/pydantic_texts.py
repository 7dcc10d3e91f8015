"""What pydantic's own errors say, in both languages. Pydantic's list: https://docs.pydantic.dev/latest/errors/"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from services.kit.texts import Text

PYDANTIC_TEXTS: dict[str, Text] = {
    "missing": Text(zh="缺少该字段", en="this field is required"),
    "extra_forbidden": Text(zh="没有该字段", en="there is no such field"),
    "string_type": Text(zh="应为字符串", en="expected a string"),
    "string_too_short": Text(zh="至少{min_length}个字符", en="at least {min_length} characters"),
    "string_too_long": Text(zh="至多{max_length}个字符", en="at most {max_length} characters"),
    "string_pattern_mismatch": Text(zh="格式不符：{pattern}", en="does not match {pattern}"),
    "int_type": Text(zh="应为整数", en="expected an integer"),
    "int_parsing": Text(zh="应为整数", en="expected an integer"),
    "int_from_float": Text(zh="应为整数", en="expected an integer"),
    "int_parsing_size": Text(zh="整数过大", en="the integer is too large"),
    "finite_number": Text(zh="应为有限的数", en="expected a finite number"),
    "decimal_max_places": Text(
        zh="小数至多{decimal_places}位", en="at most {decimal_places} places after the point"
    ),
    "bool_type": Text(zh="应为 true 或 false", en="expected true or false"),
    "bool_parsing": Text(zh="应为 true 或 false", en="expected true or false"),
    "list_type": Text(zh="应为数组", en="expected an array"),
    "dict_type": Text(zh="应为对象", en="expected an object"),
    "model_type": Text(zh="应为对象", en="expected an object"),
    "model_attributes_type": Text(zh="应为对象", en="expected an object"),
    "too_short": Text(zh="至少{min_length}项", en="at least {min_length} items"),
    "too_long": Text(zh="至多{max_length}项", en="at most {max_length} items"),
    "greater_than": Text(zh="应大于{gt}", en="must be greater than {gt}"),
    "greater_than_equal": Text(zh="应不小于{ge}", en="must be at least {ge}"),
    "less_than": Text(zh="应小于{lt}", en="must be less than {lt}"),
    "less_than_equal": Text(zh="应不大于{le}", en="must be at most {le}"),
    "literal_error": Text(zh="应为以下之一：{expected}", en="must be one of {expected}"),
    "enum": Text(zh="应为以下之一：{expected}", en="must be one of {expected}"),
    "uuid_parsing": Text(zh="应为 UUID", en="expected a UUID"),
    "uuid_type": Text(zh="应为 UUID", en="expected a UUID"),
    "date_type": Text(zh="应为日期（YYYY-MM-DD）", en="expected a date (YYYY-MM-DD)"),
    "date_parsing": Text(zh="应为日期（YYYY-MM-DD）", en="expected a date (YYYY-MM-DD)"),
    "date_from_datetime_parsing": Text(zh="应为日期（YYYY-MM-DD）", en="expected a date (YYYY-MM-DD)"),
    "date_from_datetime_inexact": Text(zh="应为日期（YYYY-MM-DD）", en="expected a date (YYYY-MM-DD)"),
    "datetime_type": Text(zh="应为带时区的时间（RFC 3339）", en="expected a time with offset (RFC 3339)"),
    "datetime_parsing": Text(zh="应为带时区的时间（RFC 3339）", en="expected a time with offset (RFC 3339)"),
    "datetime_from_date_parsing": Text(
        zh="应为带时区的时间（RFC 3339）", en="expected a time with offset (RFC 3339)"
    ),
    "timezone_aware": Text(zh="时间应带时区", en="the time needs its offset"),
    "union_tag_invalid": Text(
        zh="类别应为以下之一：{expected_tags}", en="the kind must be one of {expected_tags}"
    ),
    "union_tag_not_found": Text(zh="缺少类别字段{discriminator}", en="the kind {discriminator} is missing"),
    "value_error": Text(zh="取值不符合要求", en="the value breaks its rule"),
}
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")
_DAY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
_OTHER = Text(zh="取值不符合要求（{type}）", en="the value breaks its rule ({type})")


def text_of(error: dict[str, Any]) -> Text:
    """Both languages for one entry of `ValidationError.errors()`."""
    text = PYDANTIC_TEXTS.get(error["type"])
    if text is None:
        return _OTHER.format(type=error["type"])
    said = {name: _said(value) for name, value in (error.get("ctx") or {}).items()}
    in_chinese = {**said}
    if "expected" in said:  # pydantic has put it into words: 'a', 'b' or 'c'
        in_chinese["expected"] = said["expected"].replace("' or '", "'、'").replace("', '", "'、'")
    try:
        return Text(zh=text.zh.format(**in_chinese), en=text.en.format(**said))
    except KeyError:
        return _OTHER.format(type=error["type"])


def _said(value: Any) -> Any:
    """A bound as the wire has it: of decimals and days pydantic names what Python prints of them."""
    if not isinstance(value, str):
        return value
    if decimal := _DECIMAL.fullmatch(value):
        return decimal[1]
    if day := _DAY.fullmatch(value):
        return date(*map(int, day.groups())).isoformat()
    return value

"""Administrative division codes (行政区划代码), GB/T 2260: six digits, province · prefecture · county.

The table is never a reason to refuse: development zones use codes that no standard lists (150291), and codes
that were abolished live on in permits and identity cards. It only gives names and remarks. It is complete for
the provinces, for the prefectures of Inner Mongolia and for the counties of Xilingol League, and says nothing
beyond.
"""

from __future__ import annotations

import re

from services.kit.identifiers.lookalikes import as_digits, first_not_digit
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("region_code", "GB/T 2260")
_LENGTH = 6
# 11-15 华北, 21-23 东北, 31-37 华东, 41-46 中南, 50-54 西南, 61-65 西北, 71 台湾, 81 香港, 82 澳门
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
NAMES = {
    "150000": "内蒙古自治区",
    "150100": "呼和浩特市",
    "150200": "包头市",
    "150300": "乌海市",
    "150400": "赤峰市",
    "150500": "通辽市",
    "150600": "鄂尔多斯市",
    "150700": "呼伦贝尔市",
    "150800": "巴彦淖尔市",
    "150900": "乌兰察布市",
    "152200": "兴安盟",
    "152500": "锡林郭勒盟",
    "152501": "二连浩特市",
    "152502": "锡林浩特市",
    "152522": "阿巴嘎旗",
    "152523": "苏尼特左旗",
    "152524": "苏尼特右旗",
    "152525": "东乌珠穆沁旗",
    "152526": "西乌珠穆沁旗",
    "152527": "太仆寺旗",
    "152528": "镶黄旗",
    "152529": "正镶白旗",
    "152530": "正蓝旗",
    "152531": "多伦县",
    "152900": "阿拉善盟",
}
FORMER_NAMES = {"152600": "乌兰察布盟", "152700": "伊克昭盟"}


def division_name(code: str) -> str | None:
    """The Chinese name of a division, in force or abolished; None where the table does not know the code."""
    return NAMES.get(code) or FORMER_NAMES.get(code)


def lies_nowhere(code: str) -> bool:
    """Whether a code is of no province, or in Inner Mongolia of no prefecture: there the table is complete."""
    if not _PROVINCES.fullmatch(code[:2]):
        return True
    return code[:2] == "15" and division_name(f"{code[:4]}00") is None


def check_region_code(raw: str) -> Verdict:
    """Six digits; codes `region_code_length` and `region_code_digit`. Unknown and abolished codes are
    remarked on.
    """
    value = fold_upper(raw)
    if len(value) != _LENGTH:
        return STANDARD.refuse_length(value, "region_code_length", _LENGTH)
    not_digit = first_not_digit(value, range(_LENGTH))
    if not_digit is not None:
        repaired = as_digits(value, range(_LENGTH))
        suggestion = repaired if first_not_digit(repaired, range(_LENGTH)) is None else None
        return STANDARD.refuse_digit(value, "region_code_digit", not_digit, suggestion=suggestion)
    remark = _remark(value)
    return STANDARD.accept(value) if remark is None else STANDARD.accept(value, remark)


def _remark(code: str) -> Text | None:
    former = FORMER_NAMES.get(code[:4] + "00")
    if former is not None:
        return Text(
            zh="{name}的旧代码，已撤销，仍见于旧证件",
            en="former code of {name}, abolished, still on old papers",
        ).format(name=former)
    unknown = (
        not _PROVINCES.fullmatch(code[:2])
        or (code[:2] == "15" and code[:4] + "00" not in NAMES)
        or (code[:4] == "1525" and code not in NAMES)
    )
    if not unknown:
        return None
    return Text(
        zh="代码表中没有该代码，请核对（开发区等可能使用表外代码）",
        en="not in the table of codes, please compare (development zones may use codes outside it)",
    )

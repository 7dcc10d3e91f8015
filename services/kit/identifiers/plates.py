"""Vehicle plates (机动车号牌): Chinese ones by shape (GA 36), foreign ones as country and free text.

In a border city, trucks with Mongolian plates (four digits, three Cyrillic letters) are ordinary: the Chinese
pattern is never forced on a vehicle of another country.
"""

from __future__ import annotations

import re
from dataclasses import replace

from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("plate", "GA 36")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_HEAD = f"[{_PROVINCES}][A-HJ-NP-Z]"
_ORDINARY = re.compile(_HEAD + "[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳试超]")
# Small vehicles carry the letter of their drive first, large ones last: D and F at first, later A-E and F-K.
_NEW_ENERGY = re.compile(_HEAD + "(?:[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK])")
_COUNTRY = re.compile("[A-Z]{2}")
_FOREIGN = re.compile(r"[\w-]{2,15}")
_SEPARATORS = str.maketrans("", "", "·•・‧∙.-")
_LETTER_NOT_USED = str.maketrans({"O": "0", "I": "1"})  # no plate has O or I after the second character


def check_plate(raw: str, *, country: str = "CN") -> Verdict:
    """The plate of a vehicle registered in `country` (ISO 3166-1 alpha-2).

    Codes `plate_shape` (China), `plate_foreign` (2 to 15 letters, digits and hyphens) and `plate_country`.
    """
    value = fold_upper(raw)
    if not _COUNTRY.fullmatch(country):
        reason = Text(
            zh="国家应为两位大写字母代码，如MN", en="the country should be its two-letter code, such as MN"
        )
        return STANDARD.refuse(value, "plate_country", reason)
    if country != "CN":
        if _FOREIGN.fullmatch(value):
            return STANDARD.accept(value)
        reason = Text(
            zh="境外号牌应为2至15个字母、数字或连字符",
            en="a foreign plate should be 2 to 15 letters, digits or hyphens",
        )
        return STANDARD.refuse(value, "plate_foreign", reason)
    plain = value.translate(_SEPARATORS)
    return STANDARD.accept(plain) if _is_chinese(plain) else _refuse_chinese(plain)


def check_plate_with_country(raw: str) -> Verdict:
    """As `check_plate`, from one text: `蒙H12345`, or `MN:1234УНА` for a plate of another country."""
    country, colon, plate = fold_upper(raw).partition(":")
    if not colon or country == "CN":
        return check_plate(plate if colon else raw)
    verdict = check_plate(plate, country=country)
    return replace(verdict, value=f"{country}:{verdict.value}")


def _is_chinese(value: str) -> bool:
    return bool(_ORDINARY.fullmatch(value) or _NEW_ENERGY.fullmatch(value))


def _refuse_chinese(value: str) -> Verdict:
    reason = Text(
        zh="不是我国号牌（7位，新能源8位，如蒙H12345）；境外车辆请注明国家，如MN:1234УНА",
        en="no Chinese plate (7 characters, 8 for new energy, such as 蒙H12345); "
        "for a vehicle of another country name it, as in MN:1234УНА",
    )
    repaired = value[:2] + value[2:].translate(_LETTER_NOT_USED)
    return STANDARD.refuse(
        value, "plate_shape", reason, suggestion=repaired if _is_chinese(repaired) else None
    )

"""Telephone numbers: Chinese mobile, fixed and service numbers, and any other country's in E.164 form.

Values: `13800138000`, `0479-7521234`, `4001234567`, `12369`, `+97699112233`. Eight bare digits are refused,
because in a border city they may be a Mongolian number or a local one without its area code.
"""

from __future__ import annotations

import re

from services.kit.identifiers.lookalikes import as_digits
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("phone", "公众电信网编号计划")
_MARKS = str.maketrans("", "", "-()‐‑‒–—―−.")
_HOME = re.compile(r"(?:\+86|0086)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_FIXED = re.compile(r"0?(?P<area>10|2[0-9]|[3-9][0-9]{2})(?P<number>[2-8][0-9]{6,7})")
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_SHORT = frozenset({"110", "119", "120", "12345", "12369"})
_ABROAD = re.compile(r"\+(?!86)[1-9][0-9]{6,14}")


def check_phone(raw: str) -> Verdict:
    """Code `phone_shape`; spaces, hyphens, brackets, +86 and 0086 are taken off Chinese numbers."""
    value = fold_upper(raw).translate(_MARKS)
    normal = _normal(value)
    if normal is not None:
        return STANDARD.accept(normal)
    if re.fullmatch(r"[0-9]{7,8}", value):
        reason = Text(
            zh="请加区号（如0479-）；蒙古国号码请加+976",
            en="give the area code (such as 0479-), or +976 for a Mongolian number",
        )
    else:
        reason = Text(
            zh="应为11位手机号、带区号的固定电话，或以+国家代码开头的境外号码",
            en="should be an 11-digit mobile number, a fixed line with its area code, "
            "or a foreign number that starts with + and the country code",
        )
    repaired = as_digits(value, range(len(value)))
    return STANDARD.refuse(value, "phone_shape", reason, suggestion=_normal(repaired))


def _normal(value: str) -> str | None:
    """The one way a number is written here, or None where it is none."""
    home = _HOME.match(value)
    national = value[home.end() :] if home else value
    if _MOBILE.fullmatch(national) or _SERVICE.fullmatch(national) or (home is None and national in _SHORT):
        return national
    fixed = _FIXED.fullmatch(national)
    if fixed is not None and (home is not None or national.startswith("0")):
        return f"0{fixed['area']}-{fixed['number']}"
    return value if _ABROAD.fullmatch(value) else None

"""Hazardous waste code (废物代码), National Catalogue of Hazardous Wastes (国家危险废物名录), 2025 edition,
article 5.

`NNN-NNN-NN`: industry group of GB/T 4754 (900 = of no one industry), serial, category. The last two digits
are the category HW01-HW50. Whether a code is on the list is a matter of the list's edition, not of its shape.
"""

from __future__ import annotations

import re

from services.kit.identifiers.lookalikes import as_digits
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("waste_code", "国家危险废物名录（2025年版）第五条")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_SHAPE = re.compile(
    r"(?:HW(?P<stated>[0-9]{2}))?(?P<group>[0-9]{3})-?(?P<serial>[0-9]{3})-?(?P<category>[0-9]{2})"
)
_LAST_CATEGORY = 50


def check_waste_code(raw: str) -> Verdict:
    """Hyphens may be missing and the category may stand in front (`HW08 900-249-08`); the value has neither
    fault.

    Codes `waste_code_shape`, `waste_code_category` (not 01-50) and `waste_code_category_mismatch`.
    """
    folded = fold_upper(raw).translate(_DASHES)
    parts = _SHAPE.fullmatch(folded)
    if parts is None:
        return _refuse_shape(folded)
    value = f"{parts['group']}-{parts['serial']}-{parts['category']}"
    if not 1 <= int(parts["category"]) <= _LAST_CATEGORY:
        reason = Text(
            zh="末两位{category}不是废物类别（HW01至HW50）",
            en="the last two digits, {category}, are no waste category (HW01 to HW50)",
        ).format(category=parts["category"])
        return STANDARD.refuse(value, "waste_code_category", reason, position=9)
    if parts["stated"] not in (None, parts["category"]):
        reason = Text(
            zh="类别HW{stated}与代码末两位{category}不一致",
            en="the category HW{stated} differs from the last two digits, {category}",
        ).format(stated=parts["stated"], category=parts["category"])
        return STANDARD.refuse(value, "waste_code_category_mismatch", reason, position=9)
    return STANDARD.accept(value)


def waste_category(code: str) -> str:
    """The category of a checked waste code: `900-249-08` → `HW08`."""
    return f"HW{code[-2:]}"


def _refuse_shape(value: str) -> Verdict:
    reason = Text(
        zh="应为8位数字，写作NNN-NNN-NN，如900-249-08",
        en="should be 8 digits written NNN-NNN-NN, such as 900-249-08",
    )
    repaired = _SHAPE.fullmatch(as_digits(value, range(len(value))))
    suggestion = None
    if repaired is not None and 1 <= int(repaired["category"]) <= _LAST_CATEGORY:
        suggestion = f"{repaired['group']}-{repaired['serial']}-{repaired['category']}"
    return STANDARD.refuse(value, "waste_code_shape", reason, suggestion=suggestion)

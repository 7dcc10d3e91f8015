"""Industry code (国民经济行业分类), GB/T 4754-2017: section letter A-T, division 2, group 3, class 4 digits.

Permits use the four digits of the class. The shape is checked, not the list: it is data and has its editions.
"""

from __future__ import annotations

import re

from services.kit.identifiers.lookalikes import as_digits
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("industry_code", "GB/T 4754-2017")
SECTIONS = "ABCDEFGHIJKLMNOPQRST"
_SHAPE = re.compile(r"[A-T]?[0-9]{2,4}")


def check_industry_code(raw: str) -> Verdict:
    """`3011`, `301`, `30` with or without the section letter (`C3011`); code `industry_code_shape`."""
    value = fold_upper(raw)
    if _SHAPE.fullmatch(value):
        return STANDARD.accept(value)
    reason = Text(
        zh="应为2至4位数字，前面可有门类字母A-T，如3011或C3011",
        en="should be 2 to 4 digits, with or without a section letter A-T in front, such as 3011 or C3011",
    )
    repaired = as_digits(value, range(1, len(value)))
    return STANDARD.refuse(
        value,
        "industry_code_shape",
        reason,
        position=_first_wrong(value),
        suggestion=repaired if _SHAPE.fullmatch(repaired) else None,
    )


def digits_of(code: str) -> str:
    """A code that holds without the letter of its section."""
    return code.lstrip(SECTIONS)


def _first_wrong(value: str) -> int | None:
    for at, char in enumerate(value[:5], start=1):
        if not ("0" <= char <= "9" or (at == 1 and "A" <= char <= "T")):
            return at
    return None

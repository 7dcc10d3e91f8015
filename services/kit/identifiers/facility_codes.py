"""Codes of outlets and facilities inside one permit, HJ 608-2017.

Discharge outlet (排放口): `DA` air or `DW` water and three digits. Treatment facility (治理设施): `TA` air,
`TW` water, `TN` noise, `TS` solid waste and three digits. Production facility (生产设施): `MF` and four
digits. With the permit number in front they are unique in the country.
"""

from __future__ import annotations

import re

from services.kit.identifiers.lookalikes import as_digits
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

OUTLET = Standard("outlet_code", "HJ 608-2017")
TREATMENT = Standard("treatment_facility_code", "HJ 608-2017")
PRODUCTION = Standard("production_facility_code", "HJ 608-2017")

_RAIN_OUTLET = "YS"
_RAIN_REMARK = Text(
    zh="YS（雨水排放口）是通行做法，标准正文未列",
    en="YS (rain water outlet) is common practice, not in the standard",
)


def check_outlet_code(raw: str) -> Verdict:
    """DA001, DW001; YS001 (rain water) with a remark."""
    value = fold_upper(raw)
    if re.fullmatch(r"YS[0-9]{3}", value):
        return OUTLET.accept(value, _RAIN_REMARK)
    return _check(value, standard=OUTLET, prefixes=("DA", "DW"), digits=3)


def check_treatment_facility_code(raw: str) -> Verdict:
    """TA001, TW001, TN001, TS001."""
    return _check(fold_upper(raw), standard=TREATMENT, prefixes=("TA", "TW", "TN", "TS"), digits=3)


def check_production_facility_code(raw: str) -> Verdict:
    """MF0001."""
    return _check(fold_upper(raw), standard=PRODUCTION, prefixes=("MF",), digits=4)


def _check(value: str, *, standard: Standard, prefixes: tuple[str, ...], digits: int) -> Verdict:
    shape = re.compile(f"({'|'.join(prefixes)})[0-9]{{{digits}}}")
    if shape.fullmatch(value):
        return standard.accept(value)
    example = prefixes[0] + "1".zfill(digits)
    reason = Text(
        zh="应为{prefixes}加{digits}位数字，如{example}",
        en="should be {prefixes} and {digits} digits, such as {example}",
    ).format(prefixes="/".join(prefixes), digits=digits, example=example)
    repaired = as_digits(value, range(2, 2 + digits)).replace("-", "")
    if re.fullmatch("[0-9]+", repaired[2:]):
        repaired = repaired[:2] + repaired[2:].zfill(digits)  # DA1, DA-01: the serial was not padded
    return standard.refuse(
        value,
        f"{standard.kind}_shape",
        reason,
        position=_first_wrong(value, prefixes=prefixes, digits=digits),
        suggestion=repaired if shape.fullmatch(repaired) else None,
    )


def _first_wrong(value: str, *, prefixes: tuple[str, ...], digits: int) -> int | None:
    """The first position that fits none of the codes; None where only the length is wrong."""
    for at, char in enumerate(value[: 2 + digits]):
        fits = (
            "0" <= char <= "9" if at > 1 else any(prefix.startswith(value[: at + 1]) for prefix in prefixes)
        )
        if not fits:
            return at + 1
    return None

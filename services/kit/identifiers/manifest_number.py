"""Number of a hazardous waste transfer manifest (危险废物转移联单编号), 14 digits without a check digit.

Year 4, province 2, prefecture 2, serial 6 within the prefecture: waste from Erenhot carries `YYYY1525NNNNNN`.
The measures (order 23 of 2021, in force 2022-01-01) are known to number manifests; this reading of the digits
was not confirmed against their text, so only the plain shape refuses.
"""

from __future__ import annotations

from services.kit.identifiers.lookalikes import as_digits, first_not_digit
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("manifest_number", "危险废物转移管理办法（编号规则待核对原文）")
_LENGTH = 14
_FIRST_YEAR = "2022"


def check_manifest_number(raw: str) -> Verdict:
    """Codes `manifest_number_length`, `manifest_number_digit` and `manifest_number_year`."""
    value = fold_upper(raw)
    if len(value) != _LENGTH:
        return STANDARD.refuse_length(value, "manifest_number_length", _LENGTH)
    not_digit = first_not_digit(value, range(_LENGTH))
    if not_digit is not None:
        repaired = as_digits(value, range(_LENGTH))
        holds = first_not_digit(repaired, range(_LENGTH)) is None and repaired.startswith("20")
        return STANDARD.refuse_digit(
            value, "manifest_number_digit", not_digit, suggestion=repaired if holds else None
        )
    if not value.startswith("20"):
        reason = Text(zh="前4位应为年份20YY", en="the first four digits should be the year 20YY")
        return STANDARD.refuse(value, "manifest_number_year", reason, position=1)
    if value[:4] < _FIRST_YEAR:
        return STANDARD.accept(
            value,
            Text(
                zh="早于2022年，当时的联单编号方式不同，请核对",
                en="before 2022, when manifests were numbered otherwise: please compare",
            ),
        )
    return STANDARD.accept(value)

"""Citizen identity number (公民身份号码), GB 11643-1999: region 6, birth date 8, serial 3, check character.

Personal information: do not collect it where it is not needed, store it masked or encrypted. No suggestion is
made for a wrong digit, because a guess would be somebody else's number.
"""

from __future__ import annotations

from datetime import date

from services.kit.identifiers.lookalikes import as_digits, first_not_digit
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("id_card", "GB 11643-1999")
_LENGTH = 18
_DIGITS = range(17)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def id_card_check_character(body: str) -> str:
    """The check character of 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(body[:17], _WEIGHTS, strict=True)) % 11]


def check_id_card(raw: str) -> Verdict:
    """Codes `id_card_length`, `id_card_digit`, `id_card_birth_date` and `id_card_check_character`."""
    value = fold_upper(raw)
    if len(value) != _LENGTH:
        return STANDARD.refuse_length(value, "id_card_length", _LENGTH)
    not_digit = first_not_digit(value, _DIGITS)
    if not_digit is not None:
        repaired = as_digits(value, _DIGITS)
        suggestion = repaired if _holds(repaired) else None
        return STANDARD.refuse_digit(value, "id_card_digit", not_digit, suggestion=suggestion)
    if not _is_birth_date(value[6:14]):
        reason = Text(zh="第7至14位不是有效的出生日期", en="characters 7-14 are no valid date of birth")
        return STANDARD.refuse(value, "id_card_birth_date", reason, position=7)
    if id_card_check_character(value) != value[17]:
        # What the check character should be is not said: with it, any invented number could be made to pass.
        reason = Text(
            zh="第18位校验码与前17位不符", en="character 18, the check character, does not fit the other 17"
        )
        return STANDARD.refuse(value, "id_card_check_character", reason, position=_LENGTH)
    return STANDARD.accept(value)


def mask_id_card(value: str) -> str:
    """The number as it may be shown: region and the last character, the rest starred."""
    return value[:6] + "*" * max(len(value) - 7, 0) + value[-1:] if len(value) > 7 else "*" * len(value)


def _holds(value: str) -> bool:
    return (
        first_not_digit(value, _DIGITS) is None
        and _is_birth_date(value[6:14])
        and id_card_check_character(value) == value[17]
    )


def _is_birth_date(digits: str) -> bool:
    if digits[:2] not in ("18", "19", "20"):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True

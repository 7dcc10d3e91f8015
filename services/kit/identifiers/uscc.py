"""Unified social credit code (统一社会信用代码), GB 32100-2015.

18 characters: registering department, organisation kind, region (6 digits), organisation code (9, GB 11714)
and a check character. Both check characters are verified: the code's own (position 18) and that of the
organisation code inside it (position 17). The weights of the own check are units modulo the prime 31, so it
alone finds every single wrong character and every swap of two neighbours; the inner check helps to say where
the error is.

No region table decides here: development zones carry codes such as 150291 that GB/T 2260 does not list. The
first two characters may be letters (N and A are in use).
"""

from __future__ import annotations

from services.kit.identifiers.lookalikes import MISSING_LETTERS, as_digits, first_not_digit
from services.kit.identifiers.organisation_code import CHECK_ALPHABET, organisation_check_character
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("uscc", "GB 32100-2015")
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
REGION = range(2, 8)  # 0-based places of the six region digits
# With the check character, of weight 1, the weighted sum is 0 modulo 31.
_WEIGHTS = (*(pow(3, place, 31) for place in range(17)), 1)
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_OLD_NUMBER_LENGTH = 15


def uscc_check_character(body: str) -> str:
    """The check character of the first 17 characters (KeyError for a character outside `ALPHABET`)."""
    total = sum(_VALUES[char] * weight for char, weight in zip(body[:17], _WEIGHTS, strict=False))
    return ALPHABET[-total % 31]


def organisation_part_holds(value: str) -> bool:
    """Whether characters 9-17 carry their own GB 11714 check character."""
    return value[16] in CHECK_ALPHABET and organisation_check_character(value[8:16]) == value[16]


def is_uscc(value: str) -> bool:
    """Whether `value`, already folded, satisfies shape and both checks."""
    return (
        len(value) == LENGTH
        and all(char in _VALUES for char in value)
        and first_not_digit(value, REGION) is None
        and organisation_part_holds(value)
        and uscc_check_character(value) == value[17]
    )


def check_uscc(raw: str) -> Verdict:
    """The verdict on a unified social credit code; codes `uscc_length`, `uscc_character`,
    `uscc_region_digit`, `uscc_organisation_check` and `uscc_check_character`.
    """
    value = fold_upper(raw)
    if len(value) != LENGTH:
        return _refuse_length(value)
    for place, char in enumerate(value):
        if char not in _VALUES:
            return _refuse_character(value, place)
    not_digit = first_not_digit(value, REGION)
    if not_digit is not None:
        reason = Text(
            zh="第{position}位应为数字：第3至8位是登记机关行政区划码",
            en="character {position} should be a digit: characters 3-8 are the region code",
        ).format(position=not_digit + 1)
        return STANDARD.refuse(
            value, "uscc_region_digit", reason, position=not_digit + 1, suggestion=suggest_uscc(value)
        )
    if not organisation_part_holds(value):
        return _refuse_organisation(value)
    expected = uscc_check_character(value)
    if value[17] != expected:
        reason = Text(
            zh="第18位校验码应为{expected}，或前面某位有误（第9至17位的校验已通过，多在第1至8位）",
            en="character 18, the check character, should be {expected}, or an earlier one is wrong "
            "(most likely among 1-8: the check of characters 9-17 holds)",
        ).format(expected=expected)
        return STANDARD.refuse(
            value, "uscc_check_character", reason, position=LENGTH, suggestion=suggest_uscc(value)
        )
    return STANDARD.accept(value)


def suggest_uscc(value: str) -> str | None:
    """The one code that was probably meant, or None.

    First look-alikes in places where the letter cannot stand (O→0, I→1, Z→2, S→5, V→U; L→1, B→8 and the like
    in the region). Else the unique code that passes every check and differs in one character or in one swap
    of neighbours; where several do, none is offered.
    """
    mapped = "".join(MISSING_LETTERS.get(char, char) for char in as_digits(value, REGION))
    if is_uscc(mapped):
        return mapped
    candidates = {candidate for candidate in _neighbours(value) if is_uscc(candidate)}
    return candidates.pop() if len(candidates) == 1 else None


def _neighbours(value: str) -> list[str]:
    """Codes one character or one swap away that satisfy the own check: modulo 31 there is one per place."""
    outside = [place for place, char in enumerate(value) if char not in _VALUES]
    if len(value) != LENGTH or len(outside) > 1:
        return []
    found = []
    for place in outside or range(LENGTH):
        others = sum(
            _VALUES[char] * weight
            for at, (char, weight) in enumerate(zip(value, _WEIGHTS, strict=True))
            if at != place
        )
        fitting = ALPHABET[-others * pow(_WEIGHTS[place], -1, 31) % 31]
        found.append(value[:place] + fitting + value[place + 1 :])
    if not outside:
        found += [
            value[:at] + value[at + 1] + value[at] + value[at + 2 :]
            for at in range(LENGTH - 1)
            if value[at] != value[at + 1]
        ]
    return found


def _refuse_length(value: str) -> Verdict:
    compact = value.replace("-", "")
    if len(value) == _OLD_NUMBER_LENGTH and value.isascii() and value.isdigit():
        reason = Text(
            zh="应为18位，实为15位：这是旧的工商注册号，请填写营业执照上的统一社会信用代码",
            en="should be 18 characters long, is 15: this is an old registration number, "
            "give the unified social credit code of the business licence",
        )
        return STANDARD.refuse(value, "uscc_length", reason)
    return STANDARD.refuse_length(
        value, "uscc_length", LENGTH, suggestion=compact if is_uscc(compact) else None
    )


def _refuse_character(value: str, place: int) -> Verdict:
    reason = Text(
        zh="第{position}位应为数字或大写字母，且不含I、O、S、V、Z",
        en="character {position} should be a digit or a capital letter other than I, O, S, V, Z",
    ).format(position=place + 1)
    return STANDARD.refuse(
        value, "uscc_character", reason, position=place + 1, suggestion=suggest_uscc(value)
    )


def _refuse_organisation(value: str) -> Verdict:
    reason = Text(
        zh="第17位应为{expected}（第9至17位组织机构代码的校验码，GB 11714），或第9至16位有误",
        en="character 17 should be {expected} (the check of the organisation code in characters 9-17, "
        "GB 11714), or one of characters 9-16 is wrong",
    ).format(expected=organisation_check_character(value[8:16]))
    return STANDARD.refuse(
        value, "uscc_organisation_check", reason, position=17, suggestion=suggest_uscc(value)
    )

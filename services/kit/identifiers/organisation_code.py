"""Organisation code (组织机构代码), GB 11714-1997: eight characters 0-9 A-Z and a check character,
`XXXXXXXX-X`.

It lives on as characters 9-17 of the unified social credit code.
"""

from __future__ import annotations

from services.kit.identifiers.lookalikes import as_digits
from services.kit.identifiers.verdict import Standard, Verdict, fold_upper
from services.kit.texts import Text

STANDARD = Standard("organisation_code", "GB 11714-1997")
BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHECK_ALPHABET = "0123456789X"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LENGTH = 9


def organisation_check_character(body: str) -> str:
    """The check character of eight characters 0-9 A-Z (ValueError for any other)."""
    if len(body) != len(_WEIGHTS):
        raise ValueError("the body of an organisation code has eight characters")
    total = sum(BODY_ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    remainder = (11 - total % 11) % 11
    return CHECK_ALPHABET[remainder]


def check_organisation_code(raw: str) -> Verdict:
    """Accepts nine characters with or without the hyphen; the value is written `XXXXXXXX-X`."""
    value = fold_upper(raw)
    plain = value[:8] + value[9:] if len(value) == _LENGTH + 1 and value[8] == "-" else value
    if len(plain) != _LENGTH:
        return STANDARD.refuse_length(value, "organisation_code_length", _LENGTH)
    for position, char in enumerate(plain, start=1):
        allowed = BODY_ALPHABET if position < _LENGTH else CHECK_ALPHABET
        if char not in allowed:
            return _refuse_character(plain, position)
    expected = organisation_check_character(plain[:8])
    if plain[8] != expected:
        reason = Text(
            zh="第9位校验码应为{expected}，或前8位有误",
            en="character 9, the check character, should be {expected}, or one of the first eight is wrong",
        ).format(expected=expected)
        return STANDARD.refuse(plain, "organisation_code_check_character", reason, position=_LENGTH)
    return STANDARD.accept(f"{plain[:8]}-{plain[8]}")


def _refuse_character(plain: str, position: int) -> Verdict:
    wanted = (
        Text(zh="数字或大写字母", en="a digit or a capital letter")
        if position < _LENGTH
        else Text(zh="数字或X", en="a digit or X")
    )
    reason = Text(
        zh=f"第{{position}}位应为{wanted.zh}", en=f"character {{position}} should be {wanted.en}"
    ).format(position=position)
    repaired = as_digits(plain, [_LENGTH - 1])
    passes = all(char in BODY_ALPHABET for char in repaired) and repaired[8] == organisation_check_character(
        repaired[:8]
    )
    return STANDARD.refuse(
        plain,
        "organisation_code_character",
        reason,
        position=position,
        suggestion=f"{repaired[:8]}-{repaired[8]}" if passes else None,
    )

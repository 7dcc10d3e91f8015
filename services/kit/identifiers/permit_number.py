"""Pollutant discharge permit number (排污许可证编号), HJ 608-2017: 22 characters, given by the national
platform.

    18 unified social credit code · 3 serial of the site (001…) · 1 special mark (特别标识码)

The 22nd character is **not** a check character: annex A of HJ 608-2017 numbers two sites of one company
91130200699229617X001P and …002P. So it is never computed; an unusual one is only remarked on.

Units without a credit code carry one of two older forms in the first 18 characters (trial rule of 2016-17):
`H9` region(6) `0000` serial(5) and a lower-case letter other than i and o; or `H9` region(6) organisation
code(9) and a letter.
"""

from __future__ import annotations

from dataclasses import replace

from services.kit.identifiers.lookalikes import as_digits, first_not_digit
from services.kit.identifiers.organisation_code import check_organisation_code
from services.kit.identifiers.uscc import LENGTH as USCC_LENGTH
from services.kit.identifiers.uscc import check_uscc, is_uscc
from services.kit.identifiers.verdict import Standard, Verdict, fold, fold_upper
from services.kit.texts import Text

STANDARD = Standard("permit_number", "HJ 608-2017")
LENGTH = 22
_SITE = range(18, 21)
_MARK = 21
_WITHOUT_USCC = "H9"
_SERIAL_FILL = "0000"
_SERIAL_LETTERS = "abcdefghjklmnpqrstuvwxyz"
_USUAL_MARKS = "PQRSUVWXYZ"  # seen on permits and registrations; the standard does not list them


def check_permit_number(raw: str) -> Verdict:
    """Codes, each after `permit_number_`: `length`, `uscc`, `digit`, `organisation_code`, `holder_letter`,
    `site` and `mark`.
    """
    value = _fold(raw)
    if len(value) != LENGTH:
        return _refuse_length(value)
    return _check_holder(value) or _check_tail(value)


def site_serial(number: str) -> int:
    """Of a number that holds: its site's."""
    return int(number[_SITE.start : _SITE.stop])


def _fold(raw: str) -> str:
    """Upper case; but the 18th character of the H9 forms is lower case by the rule, or kept as given."""
    as_given, value = fold(raw), fold_upper(raw)
    if not value.startswith(_WITHOUT_USCC) or len(value) != LENGTH:
        return value
    letter = as_given[17]
    if value[8:12] == _SERIAL_FILL and letter.isascii():
        letter = letter.lower()
    return value[:17] + letter + value[18:]


def _refuse_length(value: str) -> Verdict:
    if is_uscc(value):
        reason = Text(
            zh="应为22位：这是统一社会信用代码，后面还缺3位场所顺序号和1位特别标识码",
            en="should be 22 characters long: this is a unified social credit code, "
            "the 3-digit site serial and the special mark are missing",
        )
        return STANDARD.refuse(value, "permit_number_length", reason)
    return STANDARD.refuse_length(value, "permit_number_length", LENGTH)


def _check_holder(value: str) -> Verdict | None:
    """The refusal of the first 18 characters, or None."""
    if value.startswith(_WITHOUT_USCC):
        return _check_without_uscc(value)
    holder = check_uscc(value[:USCC_LENGTH])
    if holder.ok:
        return None
    reason = holder.reason or Text(zh="", en="")
    suggestion = None if holder.suggestion is None else _passing(holder.suggestion + value[USCC_LENGTH:])
    return STANDARD.refuse(
        value,
        "permit_number_uscc",
        Text(
            zh=f"前18位不是有效的统一社会信用代码：{reason.zh}",
            en=f"the first 18 characters are no valid unified social credit code: {reason.en}",
        ),
        position=holder.position,
        suggestion=suggestion,
    )


def _check_without_uscc(value: str) -> Verdict | None:
    by_serial = value[8:12] == _SERIAL_FILL
    not_digit = first_not_digit(value, [*range(2, 8), *(range(12, 17) if by_serial else ())])
    if not_digit is not None:
        return STANDARD.refuse_digit(value, "permit_number_digit", not_digit)
    inner = None if by_serial else check_organisation_code(value[8:17])
    if inner is not None and not inner.ok:
        reason = Text(
            zh="第9至17位不是有效的组织机构代码（GB 11714）",
            en="characters 9-17 are no valid organisation code (GB 11714)",
        )
        position = 8 + (inner.position or 1)
        return STANDARD.refuse(value, "permit_number_organisation_code", reason, position=position)
    letter = value[17]
    if not (letter in _SERIAL_LETTERS if by_serial else letter.isascii() and letter.isalpha()):
        reason = Text(
            zh="第18位应为字母（顺序号形式不含i、o）",
            en="character 18 should be a letter (with a serial number, not i or o)",
        )
        return STANDARD.refuse(value, "permit_number_holder_letter", reason, position=18)
    return None


def _check_tail(value: str) -> Verdict:
    not_digit = first_not_digit(value, _SITE)
    if not_digit is not None:
        reason = Text(
            zh="第{position}位应为数字：第19至21位是场所顺序号",
            en="character {position} should be a digit: characters 19-21 are the serial of the site",
        ).format(position=not_digit + 1)
        suggestion = _passing(as_digits(value, _SITE))
        return STANDARD.refuse(
            value, "permit_number_site", reason, position=not_digit + 1, suggestion=suggestion
        )
    mark = value[_MARK]
    if not (mark.isascii() and mark.isalnum()):
        reason = Text(
            zh="第22位（特别标识码）应为大写字母或数字",
            en="character 22, the special mark, should be a capital letter or a digit",
        )
        return STANDARD.refuse(value, "permit_number_mark", reason, position=LENGTH)
    return replace(STANDARD.accept(value), warnings=_remarks(value))


def _remarks(value: str) -> tuple[Text, ...]:
    remarks = []
    if value[_MARK] not in _USUAL_MARKS:
        remarks.append(
            Text(
                zh="第22位{mark}不常见，请与许可证核对（该位不是校验码，无法验算）",
                en="character 22, {mark}, is unusual: compare it with the permit (it is no check character)",
            ).format(mark=value[_MARK])
        )
    if value[18:21] == "000":
        remarks.append(Text(zh="场所顺序号通常自001起", en="the serial of the site usually starts at 001"))
    return tuple(remarks)


def _passing(candidate: str) -> str | None:
    holder = candidate[:USCC_LENGTH]
    tail_holds = first_not_digit(candidate, _SITE) is None and candidate[_MARK].isalnum()
    return candidate if tail_holds and (is_uscc(holder) or candidate.startswith(_WITHOUT_USCC)) else None

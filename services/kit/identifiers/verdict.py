"""What a check of an identifier answers, and the folding that every identifier goes through first."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from services.kit.texts import Text

MAX_RAW = 200
_CUT = "…"  # in the alphabet of no identifier: what was cut is always refused
_ASCII_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is a well-formed identifier, and if not, why and what was probably meant.

    `value` is the folded text, to be stored when `ok`. `position` counts from 1 in `value`. `suggestion` is
    never applied by us: it is a value that passes the same check, for a person to confirm. `warnings` do not
    refuse.
    """

    kind: str
    value: str
    ok: bool
    code: str | None = None
    reason: Text | None = None
    position: int | None = None
    suggestion: str | None = None
    warnings: tuple[Text, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    """The kind of identifier a module checks and the rule it is taken from; makes its verdicts."""

    kind: str
    source: str

    def accept(self, value: str, *warnings: Text) -> Verdict:
        return Verdict(kind=self.kind, value=value, ok=True, warnings=warnings, source=self.source)

    def refuse(
        self,
        value: str,
        code: str,
        reason: Text,
        *,
        position: int | None = None,
        suggestion: str | None = None,
    ) -> Verdict:
        return Verdict(
            kind=self.kind,
            value=value,
            ok=False,
            code=code,
            reason=reason,
            position=position,
            suggestion=suggestion,
            source=self.source,
        )

    def refuse_length(
        self, value: str, code: str, expected: int, *, suggestion: str | None = None
    ) -> Verdict:
        reason = Text(
            zh="应为{expected}位，实为{given}位",
            en="should be {expected} characters long, is {given}",
        ).format(expected=expected, given=len(value))
        return self.refuse(value, code, reason, suggestion=suggestion)

    def refuse_digit(self, value: str, code: str, place: int, *, suggestion: str | None = None) -> Verdict:
        """`place` (0-based) does not hold a digit."""
        reason = Text(zh="第{position}位应为数字", en="character {position} should be a digit").format(
            position=place + 1
        )
        return self.refuse(value, code, reason, position=place + 1, suggestion=suggestion)


def fold(raw: str) -> str:
    """NFKC (full-width to half-width), without spaces and invisible format characters; case is kept.

    A text longer than `MAX_RAW` is cut there and marked, so that every check refuses it at little cost.
    """
    cut = raw[:MAX_RAW]
    folded = "".join(
        char
        for char in unicodedata.normalize("NFKC", cut)
        if not char.isspace() and unicodedata.category(char) != "Cf"
    )
    return folded if len(raw) <= MAX_RAW else folded + _CUT


def fold_upper(raw: str) -> str:
    """`fold` and ASCII upper case; other letters stay as they are (ı must not become I)."""
    return fold(raw).translate(_ASCII_UPPER)

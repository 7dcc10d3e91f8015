"""What a hazardous-waste business licence must satisfy, and what it lets its holder take in. Pure.

Source: 危险废物经营许可证管理办法 (State Council Order 408, 2016 text) art. 3, 10, 15; 固废法 (2020) art. 80.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from services.kit.anniversaries import last_day_of_years
from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_CONTENT = "危险废物经营许可证管理办法 第十条"
ARTICLE_LICENSED = "固体废物污染环境防治法 第八十条"

VALID_YEARS = {"comprehensive": 5, "collection": 3}
"""Order 408 art. 10: a comprehensive licence (综合) holds five years, one to collect (收集) three."""

_REVERSED = Text(zh="有效期止早于有效期起", en="the licence ends before it begins")
_TOO_LONG = Text(
    zh="该类许可证有效期为{years}年，最晚至{day}",
    en="such a licence holds {years} years, to {day} at the latest",
)
_COLLECTS = Text(zh="收集经营许可证只能从事收集", en="a collection licence is for collecting only")
_OVERLAP = Text(
    zh="{code}已在第{other}组中，同一废物只能属于一组",
    en="{code} is in group {other} already: a waste belongs to one group",
)


@dataclass(frozen=True, slots=True)
class LicenceFact:
    """A licence as the gates see it."""

    licence_number: str
    holder_uscc: str
    modes: frozenset[str]
    valid_from: date
    valid_to: date

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


def last_valid_day(valid_from: date, *, kind: str) -> date:
    """The day before the anniversary on which the licence ends (Order 408 art. 10)."""
    return last_day_of_years(valid_from, VALID_YEARS[kind])


def check_validity(found: Findings, *, kind: str, valid_from: date, valid_to: date) -> None:
    """Order 408 art. 10: five years for a comprehensive licence, three for one to collect."""
    last = last_valid_day(valid_from, kind=kind)
    rests_on = ("/kind", "/valid_from")
    if valid_to < valid_from:
        found.add("/valid_to", "validity_reversed", _REVERSED, article=ARTICLE_CONTENT, rests_on=rests_on)
    elif valid_to > last:
        text = _TOO_LONG.format(years=VALID_YEARS[kind], day=last)
        found.add("/valid_to", "validity_too_long", text, article=ARTICLE_CONTENT, rests_on=rests_on)


def check_modes(found: Findings, *, kind: str, modes: Collection[str]) -> None:
    """Order 408 art. 3: a collection licence is for collecting."""
    if kind == "collection" and set(modes) != {"collect"}:
        found.add("/modes", "mode_not_of_kind", _COLLECTS, article=ARTICLE_CONTENT, rests_on=("/kind",))


def covers(codes: Collection[str], code: str) -> bool:
    """Whether a group that names categories (`HW08`) and codes (`900-249-08`) covers a code."""
    return code in codes or f"HW{code[-2:]}" in codes


def check_groups(found: Findings, groups: Sequence[Sequence[str]]) -> None:
    """Order 408 art. 10: scale by category; each waste counts against one scale only."""
    seen: list[tuple[int, str]] = []
    for index, codes in enumerate(groups):
        for place, code in enumerate(codes):
            other = next((group for group, known in seen if _overlap(known, code)), None)
            if other is not None:
                where = pointer("groups", index, "codes", place)
                text = _OVERLAP.format(code=code, other=other + 1)
                found.add(where, "code_in_two_groups", text, article=ARTICLE_CONTENT)
            seen.append((index, code))


def _overlap(one: str, other: str) -> bool:
    """Two codes, two categories, or a code and its category."""
    if one == other:
        return True
    if one.startswith("HW") == other.startswith("HW"):
        return False
    return one[-2:] == other[-2:]

"""What a permit must satisfy before it enters the register. Pure: no clock, no database.

Sources: 排污许可管理条例 (State Council Order 736, in force 2021-03-01); HJ 608-2017 (codes).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.kit.anniversaries import last_day_of_years
from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.permits.rules_limits import AveragingRule

ARTICLE_VALIDITY = "排污许可管理条例 第十四条"
SOURCE_CODES = "HJ 608-2017"
VALID_YEARS = 5
BEGINS_WITHIN_DAYS = 366
"""Of its issue. Ours."""

WHOLE_PLANT = ""
"""The outlet of a limit that is of no outlet: a total of the plant (全厂合计) or of a group of its outlets."""

_NOT_YET = Text(zh="发证日期晚于今天", en="the day of issue is still to come")
_BEGINS_LATE = Text(zh="有效期最晚自{day}起", en="its term begins on {day} at the latest")


@dataclass(frozen=True, slots=True)
class LimitFact:
    """One permitted value: at which outlet, of which pollutant, over which averaging time, on which days.

    `value` is always a number to compare with: the upper bound, the grade of a text limit, the order of `text`.
    What the later members add: `lower_value` is the other bound of a range (pH); `promised_value` what the
    enterprise promised beyond the law (承诺更加严格限值); `ground` why the limit holds at all: `permit`, or one of the
    special periods, and then at which `alert_level`; `prohibited` that nothing may be discharged (`value` is 0).
    """

    outlet_code: str
    pollutant_code: str
    kind: str
    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None
    lower_value: Decimal | None = None
    promised_value: Decimal | None = None
    text: str | None = None
    permit_year: int | None = None
    averaging: AveragingRule | None = None
    scope: str = "outlet"
    ground: str = "permit"
    alert_level: str | None = None
    prohibited: bool = False
    pollutant_name: str = ""
    standard: str = ""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def strictest(self) -> Decimal:
        """What binds: the promise where there is one, for it is part of the permit (条例 art. 13(5))."""
        return self.value if self.promised_value is None else min(self.value, self.promised_value)


def last_valid_day(valid_from: date) -> date:
    """A permit holds five years (条例 art. 14): to the day before the fifth anniversary."""
    return last_day_of_years(valid_from, VALID_YEARS)


def check_validity(found: Findings, *, valid_from: date, valid_to: date, issued_on: date) -> None:
    """条例 art. 14: five years at most, and not before it is issued."""
    check_order(found, pointer("valid_to"), valid_from=valid_from, valid_to=valid_to)
    if valid_to > last_valid_day(valid_from):
        day = last_valid_day(valid_from)
        text = Text(
            zh="排污许可证有效期为5年，最晚至{day}", en="a permit holds five years, to {day} at the latest"
        ).format(day=day)
        rests_on = (pointer("valid_from"),)
        found.add(pointer("valid_to"), "validity_too_long", text, article=ARTICLE_VALIDITY, rests_on=rests_on)
    if issued_on > valid_to:
        text = Text(zh="发证日期晚于有效期止", en="issued after it has ended")
        rests_on = (pointer("valid_to"),)
        found.add(pointer("issued_on"), "issued_after_end", text, article=ARTICLE_VALIDITY, rests_on=rests_on)


def check_issued(found: Findings, *, issued_on: date, today: date) -> None:
    """条例 art. 14: what is entered has been issued."""
    if issued_on > today:
        found.add(pointer("issued_on"), "issued_in_future", _NOT_YET, article=ARTICLE_VALIDITY)


def check_begin(found: Findings, *, valid_from: date, issued_on: date) -> None:
    """条例 art. 14: a first term that begins years after its issue is a slip of the year.

    A renewed one begins when the old one ends: `rules_amending.check_term`.
    """
    latest = issued_on + timedelta(days=BEGINS_WITHIN_DAYS)
    if valid_from > latest:
        text = _BEGINS_LATE.format(day=latest)
        rests_on = (pointer("issued_on"),)
        found.add(pointer("valid_from"), "begins_too_late", text, article=ARTICLE_VALIDITY, rests_on=rests_on)


def check_order(found: Findings, where: str, *, valid_from: date, valid_to: date | None) -> None:
    """条例 art. 14: what holds for a time, a permit or one of its limits, does not end before it begins.

    `where` is the pointer of `valid_to`; its `valid_from` stands beside it.
    """
    if valid_to is not None and valid_to < valid_from:
        text = Text(zh="有效期止早于有效期起", en="it ends before it begins")
        rests_on = (_beside(where, "valid_from"),)
        found.add(where, "validity_reversed", text, article=ARTICLE_VALIDITY, rests_on=rests_on)


def check_outlet(found: Findings, index: int, *, code: str, medium: str) -> None:
    """HJ 608-2017: DA is an outlet to air, DW one to water."""
    expected = "air" if code.startswith("DA") else "water"
    if medium != expected:
        text = Text(zh="排放口{code}的编码表示{expected}", en="the code {code} says {expected}")
        found.add(
            pointer("outlets", index, "medium"),
            "medium_mismatch",
            text.format(code=code, expected=expected),
            article=SOURCE_CODES,
            rests_on=(pointer("outlets", index, "code"),),
        )


def check_unique(
    found: Findings,
    where: str,
    *,
    keys: Iterable[object],
    code: str,
    text: Text,
    rests_on: tuple[str, ...] = (),
) -> None:
    """Nothing is said twice: `where` has a `{}` for the index of the repetition."""
    seen = set()
    for index, key in enumerate(keys):
        if key in seen:
            found.add(where.format(index), code, text, rests_on=rests_on)
        seen.add(key)


def _beside(where: str, name: str) -> str:
    """The pointer of another member of the same object."""
    return f"{where.rpartition('/')[0]}/{name}"

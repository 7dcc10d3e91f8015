"""What a permit must satisfy before it enters the register. Pure: no clock, no database.

Sources: 排污许可管理条例 (State Council Order 736, in force 2021-03-01); HJ 608-2017 (codes).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_VALIDITY = "排污许可管理条例 第十四条"
ARTICLE_CONTENT = "排污许可管理条例 第十三条"
SOURCE_CODES = "HJ 608-2017"
VALID_YEARS = 5

_UNITS = {
    ("air", "hourly_concentration"): ("mg/m3", "dimensionless"),
    ("air", "daily_concentration"): ("mg/m3", "dimensionless"),
    ("water", "hourly_concentration"): ("mg/L", "dimensionless"),
    ("water", "daily_concentration"): ("mg/L", "dimensionless"),
}


@dataclass(frozen=True, slots=True)
class LimitFact:
    """One permitted value: at which outlet, of which pollutant, over which averaging time, on which days."""

    outlet_code: str
    pollutant_code: str
    kind: str
    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def last_valid_day(valid_from: date) -> date:
    """A permit holds five years (条例 art. 14): to the day before the fifth anniversary."""
    try:
        anniversary = valid_from.replace(year=valid_from.year + VALID_YEARS)
    except ValueError:  # issued on 29 February
        anniversary = date(valid_from.year + VALID_YEARS, 3, 1)
    return anniversary - timedelta(days=1)


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


def check_unit(found: Findings, where: str, *, medium: str, kind: str, unit: str) -> None:
    """条例 art. 13: amounts in t/a; concentrations in mg/m3 to air and mg/L to water.

    `where` is the pointer of the unit: /outlets/i/limits/j/unit.
    """
    allowed = ("t/a",) if kind == "annual_amount" else _UNITS[(medium, kind)]
    if unit not in allowed:
        text = Text(zh="该限值的单位应为{units}", en="the unit of this limit is {units}")
        outlet = where.rsplit("/", 3)[0]
        found.add(
            where,
            "unit_mismatch",
            text.format(units=" / ".join(allowed)),
            article=ARTICLE_CONTENT,
            rests_on=(_beside(where, "kind"), f"{outlet}/medium"),
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

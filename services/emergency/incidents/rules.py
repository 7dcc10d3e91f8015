"""States of an incident, its grade by the table of its day, and the clocks of its report. Pure.

Sources: 国家突发环境事件应急预案 (国办函〔2014〕119号), grading by any one condition;
突发环境事件应急管理办法 (Order 34, 2015);
突发环境事件信息报告办法 (Order 17, 2011), hours of the report (art. 3) and its older annex of grades. Which rows of
a table were read in its text, and which are from memory, is said in `grades/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_GRADES = "国家突发环境事件应急预案 附件1"
ARTICLE_REPORT = "突发环境事件信息报告办法 第三条"
ARTICLE_RESPONSIBLE = "突发环境事件应急管理办法 (环境保护部令第34号)"

_FUTURE = Text(zh="时间在将来", en="this is in the future")
_NO_FACTS = Text(zh="应至少说明一项事实", en="state at least one fact")
_BEFORE = Text(zh="得知时间早于发生时间", en="it was known before it happened")


class State(StrEnum):
    """States of an incident."""

    OPEN = "open"  # 处置中
    CLOSED = "closed"  # 终止


class Grade(StrEnum):
    """Grades of an incident, the gravest first."""

    I = "I"  # 特别重大  # noqa: E741 - the law's numeral
    II = "II"  # 重大
    III = "III"  # 较大
    IV = "IV"  # 一般


REPORT_HOURS: Mapping[Grade, int] = MappingProxyType({Grade.I: 2, Grade.II: 2, Grade.III: 4, Grade.IV: 4})
"""Order 17 art. 3: I and II within 2 hours, III and IV within 4, from 发现或者得知."""


def report_due_at(known_at: datetime, grade: Grade) -> datetime:
    """Order 17 art. 3: when the first report must be with the government and the department above."""
    return known_at + timedelta(hours=REPORT_HOURS[grade])


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of a table: a number that reaches `at_least`, or a word. Any one suffices (凡符合下列情形之一)."""

    grade: Grade
    fact: str
    text: str
    verified: bool
    at_least: Decimal | None = None
    word: str | None = None

    def fires(self, facts: Mapping[str, Decimal | str | None]) -> bool:
        """以上 includes the number itself."""
        value = facts.get(self.fact)
        if isinstance(value, Decimal):
            return self.at_least is not None and value >= self.at_least
        return value is not None and value == self.word


@dataclass(frozen=True, slots=True)
class GradeTable:
    """A table of grades and the days on which it holds. `otherwise` is the grade where no row fires, if it says so."""

    id: str
    source: str
    valid_from: date
    valid_to: date | None
    otherwise: Grade | None
    rows: tuple[Row, ...]

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def table_on(tables: Sequence[GradeTable], day: date) -> GradeTable | None:
    """The table by which an incident of this day is judged."""
    return next((table for table in tables if table.holds_on(day)), None)


def grade_of(table: GradeTable, facts: Mapping[str, Decimal | str | None]) -> tuple[Grade | None, list[Row]]:
    """国家预案 附件1: the gravest grade of which any row fires, with every row that fires, the gravest first.

    Without one, what the table says otherwise; None where it does not say.
    """
    order = list(Grade)
    fired = sorted((row for row in table.rows if row.fires(facts)), key=lambda row: order.index(row.grade))
    return (fired[0].grade if fired else table.otherwise), fired


def check_facts(found: Findings, facts: Mapping[str, Decimal | str | None]) -> None:
    """国家预案 附件1: a grade rests on facts; where nothing is known there is none yet (ours)."""
    if all(value is None for value in facts.values()):
        found.add("", "no_facts", _NO_FACTS, article=ARTICLE_GRADES)


def check_moments(found: Findings, *, happened_at: datetime, known_at: datetime, now: datetime) -> None:
    """Order 17 art. 3: the clock runs from when it was found or heard of, which is not before it happened."""
    for name, moment in (("happened_at", happened_at), ("known_at", known_at)):
        if moment > now:
            found.add(f"/{name}", "in_future", _FUTURE)
    if known_at < happened_at:
        found.add(
            "/known_at",
            "known_before_it_happened",
            _BEFORE,
            article=ARTICLE_REPORT,
            rests_on=("/happened_at",),
        )

"""By when a report is due: the day that the permit names, or a later one that a notice grants. Pure.

Sources: permits in force (thermal power 162944: annual 15 January, half-yearly 15 July, quarterly and monthly the 15th;
cement 165613: annual and half-yearly at the end of the month); notices that moved the day of one year (data/).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_REPORT = "排污许可管理条例 第二十二条"
SOURCE_PERIODS = "HJ 944-2018"
MONTHS_OF = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "annual": 12}

_NO_PERIOD_END = Text(zh="不是该类报告期的最后一天", en="no period of this kind ends on that day")
_BEFORE_END = Text(zh="截止日应在报告期结束之后", en="a report is due after its period has ended")


class DueDays(Protocol):
    """The days that a permit names."""

    @property
    def monthly_due_day(self) -> int: ...
    @property
    def quarterly_due_day(self) -> int: ...
    @property
    def half_yearly_due_day(self) -> int: ...
    @property
    def annual_due_month(self) -> int: ...
    @property
    def annual_due_day(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Override:
    """A notice that gives the reports of one period another due day: of every industry, or of some."""

    kind: str
    period_end: date
    industry_codes: tuple[str, ...]
    """Beginnings of GB/T 4754 codes (44 is 4411 and 4430); none: every industry."""
    due_on: date
    source: str
    noticed_on: date

    def reaches(self, industry_code: str) -> int | None:
        """How closely it names this industry: the digits that match; None where it does not name it."""
        if not self.industry_codes:
            return 0
        return max(
            (len(each) for each in self.industry_codes if industry_code.startswith(each)), default=None
        )


def own_due(kind: str, period_end: date, days: DueDays) -> tuple[date, str]:
    """The day that the permit names, and in words; a 30th or 31st falls on the last day of a short month."""
    following = period_end + timedelta(days=1)
    if kind == "annual":
        month, day = days.annual_due_month, days.annual_due_day
        words = f"排污许可证载明: 次年{month}月{day}日前"
    else:
        month, day = following.month, int(getattr(days, f"{kind}_due_day"))
        words = f"排污许可证载明: 期满次月{day}日前"
    year = following.year
    return date(year, month, min(day, calendar.monthrange(year, month)[1])), words


def settled(
    own: tuple[date, str], overrides: Iterable[Override], *, kind: str, period_end: date, industry_code: str
) -> tuple[date, str]:
    """The day that counts, and why: a notice postpones, it takes nothing from what the permit grants.

    Of several the one that names the industry most closely, then the newest, then the one that is named last.
    """
    reaching = [
        (reach, each.noticed_on, place, each)
        for place, each in enumerate(overrides)
        if (each.kind, each.period_end) == (kind, period_end)
        and (reach := each.reaches(industry_code)) is not None
    ]
    if not reaching:
        return own
    *_, chosen = max(reaching, key=lambda each: each[:3])
    return (chosen.due_on, chosen.source) if chosen.due_on > own[0] else own


def check_override(found: Findings, *, kind: str, period_end: date, due_on: date) -> None:
    """A notice is about a period that there is (HJ 944-2018), and asks for no report of what has not yet been."""
    following = period_end + timedelta(days=1)
    if following.day != 1 or (following.month - 1) % MONTHS_OF[kind] != 0:
        found.add(
            "/period_end", "not_a_period_end", _NO_PERIOD_END, article=SOURCE_PERIODS, rests_on=("/kind",)
        )
    if due_on <= period_end:
        found.add(
            "/due_on", "due_before_period_end", _BEFORE_END, article=ARTICLE_REPORT, rests_on=("/period_end",)
        )

"""When somebody is reminded of a period that ends, and told that it is over. Pure: no clock, no database.

Ours, not the law's: it sets the periods (行政处罚法 art. 64, 行政许可法 art. 44, 碳交易条例 art. 12), nothing asks for
a reminder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.kit.working_days import WorkingCalendar

OVER = "over"


@dataclass(frozen=True, slots=True)
class PeriodSchedule:
    """Working days before the last day of each period on which one is reminded of it. Configuration.

    `statement` and `hearing_request` are the holder's own, `hearing` is everybody's, `replacement` and `feedback` (of a
    greenhouse-gas verification) are the bureau's.
    """

    statement: tuple[int, ...] = (1,)
    hearing_request: tuple[int, ...] = (2, 1)
    hearing: tuple[int, ...] = (3, 1)
    replacement: tuple[int, ...] = (3, 1)
    feedback: tuple[int, ...] = (3, 1)

    def __post_init__(self) -> None:
        for each in (self.statement, self.hearing_request, self.hearing, self.replacement, self.feedback):
            if any(not 0 <= days <= 10 for days in each) or len(set(each)) != len(each):
                raise ValueError("reminders are given 0 to 10 working days ahead, each once")

    def ahead(self, period: str) -> tuple[int, ...]:
        return {
            "statement": self.statement,
            "hearing_request": self.hearing_request,
            "hearing": self.hearing,
            "replacement": self.replacement,
            "feedback": self.feedback,
        }[period]


@dataclass(frozen=True, slots=True)
class Running:
    """A period that ends on a day, and by which article."""

    period: str
    deadline: date
    basis: str

    def days_left(self, today: date, calendar: WorkingCalendar) -> int:
        """Working days to the last day; 0 on it; negative: so many since, one at least."""
        if today > self.deadline:
            return -max(1, calendar.working_days_between(self.deadline, today).days)
        return calendar.working_days_between(today, self.deadline).days


def notice_of(
    running: Running, schedule: PeriodSchedule, *, today: date, calendar: WorkingCalendar
) -> str | None:
    """What is to be told of a period today: that it is over, or the last reminder whose day has come; None: nothing."""
    left = running.days_left(today, calendar)
    if left < 0:
        return OVER
    reached = [days for days in schedule.ahead(running.period) if left <= days]
    return f"ahead_{min(reached)}" if reached else None

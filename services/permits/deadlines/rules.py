"""When somebody is reminded of a period that ends, and told that it is over. Pure: no clock, no database.

Ours, not the law's: it sets the periods (行政处罚法 art. 64, 行政许可法 art. 44, 碳交易条例 art. 12) and the terms of
permits and registrations (条例 art. 14, 24), nothing asks for a reminder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from services.kit.working_days import Deadline, WorkingCalendar

OVER = "over"
UNAPPLIED = "unapplied"
MOST_DAYS_AHEAD = 730


def check_ahead(
    ahead: Collection[int], *, least: int = 0, most: int = MOST_DAYS_AHEAD, days: str = "days"
) -> None:
    """ValueError where the days of reminders are out of these bounds, or one is given twice."""
    if any(not least <= each <= most for each in ahead) or len(set(ahead)) != len(ahead):
        raise ValueError(f"reminders are given {least} to {most} {days} ahead, each once")


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
            check_ahead(each, most=10, days="working days")

    def ahead(self, period: str) -> tuple[int, ...]:
        return {
            "statement": self.statement,
            "hearing_request": self.hearing_request,
            "hearing": self.hearing,
            "replacement": self.replacement,
            "feedback": self.feedback,
        }[period]


@dataclass(frozen=True, slots=True)
class TermSchedule:
    """Calendar days before the last day of a term on which its holder is reminded of it. Configuration."""

    ahead: tuple[int, ...] = (90, 30, 7)

    def __post_init__(self) -> None:
        check_ahead(self.ahead)


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day of a period; provisional while a year on the way has no published calendar (行政许可法 art. 82)."""

    on: date
    provisional: bool

    def recounted(self, counted: Deadline, *, not_before: date | None = None) -> LastDay | None:
        """What takes its place once it is counted by another calendar; None: nothing. What is certain stays."""
        new = LastDay(max(counted.on, not_before or counted.on), counted.provisional)
        return new if self.provisional and new != self else None


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
    return step_at(running.days_left(today, calendar), schedule.ahead(running.period))


@dataclass(frozen=True, slots=True)
class Span:
    """For how many days left a step is the one to be told, both ends included; None: no bound."""

    step: str
    least: int | None
    most: int


def spans(ahead: Iterable[int], *, least: int = 0) -> list[Span]:
    """What `step_at` says, by days left: so that a database finds what is to be told; reminders from `least` on."""
    found = [Span(OVER, None, -1)]
    for days in sorted(ahead):
        found.append(Span(f"ahead_{days}", least, days))
        least = days + 1
    return found


def step_at(days_left: int, ahead: Iterable[int]) -> str | None:
    """The step of a period of which so many days are left; negative: it is over."""
    if days_left < 0:
        return OVER
    reached = [days for days in ahead if days_left <= days]
    return f"ahead_{min(reached)}" if reached else None

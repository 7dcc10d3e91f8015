"""When the bureau is reminded of an application whose period ends, and when everybody is told that it is over. Pure.

Ours, not the law's: 行政许可法 art. 42-45 set the periods, nothing asks for a reminder. That a missed period is told to
the applicant as well lets it complain in time (art. 42, 72).
"""

from __future__ import annotations

from dataclasses import dataclass

from services.permits.applications.rules_clocks import Clock, ClockKind
from services.permits.deadlines.rules import check_ahead

OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class DecisionSchedule:
    """Working days before the last day of each period on which the bureau is reminded. Configuration."""

    completeness: tuple[int, ...] = (1,)
    decision: tuple[int, ...] = (5, 1)
    delivery: tuple[int, ...] = (3, 1)

    def __post_init__(self) -> None:
        for each in (self.completeness, self.decision, self.delivery):
            check_ahead(each, most=10, days="working days")

    def ahead(self, kind: ClockKind) -> tuple[int, ...]:
        return {
            ClockKind.COMPLETENESS: self.completeness,
            ClockKind.DECISION: self.decision,
            ClockKind.DELIVERY: self.delivery,
        }[kind]


def notice_of(clock: Clock, schedule: DecisionSchedule) -> str | None:
    """What is to be told of a period today: that it is over, or the last reminder whose day has come; None: nothing.

    A clock that is stopped (行政许可法 art. 45) has no last day: of that nobody is reminded.
    """
    if clock.days_left < 0:
        return OVERDUE
    if clock.stopped_since is not None:
        return None
    reached = [days for days in schedule.ahead(clock.kind) if clock.days_left <= days]
    return f"ahead_{min(reached)}" if reached else None

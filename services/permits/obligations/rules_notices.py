"""When somebody is reminded of a report, and who is told when it is late. Pure: no clock, no database.

Ours, not the law's: the regulation counts every report that is not submitted (条例 art. 37), it asks for no reminder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days before the due day on which the enterprise is reminded, and days after it on which it is told that it is
    late, then a reviewer, then an inspector. Configuration."""

    ahead: tuple[int, ...] = (14, 7, 1)
    enterprise: int = 1
    reviewer: int = 8
    inspector: int = 31

    def __post_init__(self) -> None:
        if any(days < 1 for days in self.ahead) or len(set(self.ahead)) != len(self.ahead):
            raise ValueError("reminders are given whole days ahead, each once")
        if not 1 <= self.enterprise <= self.reviewer <= self.inspector:
            raise ValueError("the enterprise is told first, then a reviewer, then an inspector")

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step in the order of its days."""
        reminders = [Step(f"ahead_{days}", "enterprise", -days) for days in sorted(self.ahead, reverse=True)]
        levels = ("enterprise", "reviewer", "inspector")
        return (*reminders, *(Step(f"late_{level}", level, getattr(self, level)) for level in levels))


@dataclass(frozen=True, slots=True)
class Step:
    """One notice: to whom, and how many days after the due day (negative: before it)."""

    name: str
    level: str
    days: int

    @property
    def ahead(self) -> bool:
        return self.days < 0


def steps_on(schedule: Schedule, *, due_on: date, today: date) -> list[Step]:
    """The notices that a report which is not submitted has earned by `today`.

    Every escalation whose day has come; of the reminders only the last, because an older one says nothing more.
    """
    reached = [step for step in schedule.steps if (today - due_on).days >= step.days]
    late = [step for step in reached if not step.ahead]
    reminders = [step for step in reached if step.ahead]
    return late if today > due_on else reminders[-1:]


def level_of(schedule: Schedule, days_late: int) -> str | None:
    """Who has been told of a report that is so late; None for one that is not."""
    told = [step.level for step in schedule.steps if not step.ahead and step.days <= days_late]
    return told[-1] if told else None

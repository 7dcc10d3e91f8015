"""When the holder of a permit is reminded that its renewal is due, and told that it was not applied for, or that the
permit has expired. Pure: no clock, no database.

Sources: 排污许可管理条例 art. 14 (a renewal is applied for sixty days before the end), art. 33 (discharging on an
expired permit). The reminders are ours: the law sets the day, nothing asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.permits.deadlines.rules import OVER, UNAPPLIED, Span, check_ahead, spans, step_at
from services.permits.radar.rules import APPLY_DAYS_BEFORE, Stage, stage

STEPS: dict[Stage, str] = {"past_application_day": UNAPPLIED, "expired": OVER}


@dataclass(frozen=True, slots=True)
class RenewalSchedule:
    """Calendar days before the end of a permit on which its holder is reminded to apply for the renewal: none later
    than the last day to apply. Configuration."""

    ahead: tuple[int, ...] = (180, 90, APPLY_DAYS_BEFORE)

    def __post_init__(self) -> None:
        check_ahead(self.ahead, least=APPLY_DAYS_BEFORE)

    @property
    def spans(self) -> list[Span]:
        """What `notice_of` says of a permit whose renewal is not under way, by days left to its end."""
        return [*spans(self.ahead, least=APPLY_DAYS_BEFORE), Span(UNAPPLIED, 0, APPLY_DAYS_BEFORE - 1)]


def notice_of(
    valid_to: date, schedule: RenewalSchedule, *, today: date, under_way: bool = False
) -> str | None:
    """What is to be told of a permit today: the last reminder whose day has come, that the day to apply went by, that
    it has expired; None: nothing, as of one whose renewal waits for its decision."""
    if under_way:
        return None
    past = STEPS.get(stage(valid_to, today))
    return past or step_at((valid_to - today).days, schedule.ahead)

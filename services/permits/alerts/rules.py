"""Which heavy-pollution alert level holds where and when. Pure: no clock, no database.

Sources: 大气污染防治法 art. 93-96 (alerts by level, declared and lifted by the government); 排污许可管理条例 (Order
736) art. 13(7), 35(2) (a permit's special-period limits bind on those days). That an alert counts for each day that it
touches is ours: special limits are amounts of a day. So is that another level is a period of its own, which follows the
one that it ends: what held on a day is then read off the periods alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from services.kit.findings import Findings
from services.kit.identifiers.divisions import lies_nowhere
from services.kit.texts import Text
from services.permits.permits.rules_limits import ALERT_LEVELS

ARTICLE_ALERT = "大气污染防治法 第九十五条"
ARTICLE_CHANGED = "大气污染防治法 第九十六条"
_NOWHERE = Text(zh="没有该行政区划", en="there is no such division")


@dataclass(frozen=True, slots=True)
class AlertFact:
    """One alert: its level, where (GB/T 2260), from when, until when; `ends_at` None: not lifted yet."""

    level: str
    region_code: str
    begins_at: datetime
    ends_at: datetime | None

    def touches(self, day: date, zone: tzinfo) -> bool:
        """Whether some part of `day`, as the city counts days, lies in it. One that ended as it began never held."""
        first = datetime.combine(day, time.min, zone)
        following = first + timedelta(days=1)
        if self.ends_at is not None and (self.ends_at <= self.begins_at or self.ends_at <= first):
            return False
        return self.begins_at < following


class State(StrEnum):
    """States of an alert period."""

    OPEN = "open"  # 生效
    CHANGED = "changed"  # 级别已调整
    LIFTED = "lifted"  # 已解除


class Step(StrEnum):
    """What can happen to an alert that was declared."""

    RAISE = "raise"  # 升级
    LOWER = "lower"  # 降级
    RESCHEDULE = "reschedule"  # 调整结束时间
    LIFT = "lift"  # 解除


# 大气污染防治法 art. 95, 96: the government declares, adjusts and lifts; a period that was changed or lifted has ended.
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.RAISE): State.CHANGED,
    (State.OPEN, Step.LOWER): State.CHANGED,
    (State.OPEN, Step.RESCHEDULE): State.OPEN,
    (State.OPEN, Step.LIFT): State.LIFTED,
}


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))


def step_to(level: str, following: str) -> Step | None:
    """Whether another level is higher or lower; None for the same one."""
    if level == following:
        return None
    higher = ALERT_LEVELS.index(following) > ALERT_LEVELS.index(level)
    return Step.RAISE if higher else Step.LOWER


def check_region(found: Findings, region: str) -> None:
    """大气污染防治法 art. 95: an alert is declared for an area; one that there is not would hold nowhere."""
    if lies_nowhere(region):
        found.add("/region_code", "region_unknown", _NOWHERE, article=ARTICLE_ALERT)


def is_over(ends_at: datetime | None, now: datetime) -> bool:
    """Whether the alert has ended by itself, as it was declared to: what is over is declared anew, not changed."""
    return ends_at is not None and ends_at <= now


def divisions_over(region: str) -> tuple[str, str, str]:
    """GB/T 2260: a division, the city that it lies in and the province."""
    return region, f"{region[:4]}00", f"{region[:2]}0000"


def covers(alert_region: str, region: str) -> bool:
    """Whether an alert for one division holds in another: a province and a city hold for what lies in them."""
    return alert_region in divisions_over(region)


def levels(
    alerts: Sequence[AlertFact], *, first: date, last: date, region: str, zone: tzinfo
) -> dict[date, str]:
    """大气污染防治法 art. 95: the level of each day from `first` to `last` that has one."""
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    if not alerts:
        return {}
    found = ((day, level_on(alerts, day=day, region=region, zone=zone)) for day in days)
    return {day: level for day, level in found if level is not None}


def level_on(alerts: Iterable[AlertFact], *, day: date, region: str, zone: tzinfo) -> str | None:
    """大气污染防治法 art. 95: the level of that day; of several alerts the highest counts. None: no alert."""
    levels = {
        alert.level for alert in alerts if covers(alert.region_code, region) and alert.touches(day, zone)
    }
    return max(levels, key=ALERT_LEVELS.index, default=None)

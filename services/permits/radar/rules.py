"""What the bureau watches: renewals, gaps, coverage, completed reports. Pure: no clock, no database.

Sources: 排污许可管理条例 art. 14 (a renewal is applied for sixty days before the permit expires), art. 22 and 37
(execution reports, and what each one that is missing costs), art. 33 (discharging on an expired permit); 行政许可法
art. 50 (a renewal that was applied for in time and not decided counts as granted).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Literal

ARTICLE_RENEWAL = "排污许可管理条例 第十四条"
ARTICLE_LAWFUL_GAP = "行政许可法 第五十条"
ARTICLE_UNLAWFUL_GAP = "排污许可管理条例 第三十三条"
APPLY_DAYS_BEFORE = 60

Stage = Literal["ahead", "past_application_day", "expired"]
Gap = Literal["lawful", "unlawful"]
Outcome = Literal["in_time", "late", "missing", "not_due"]

ARTICLES: Mapping[Gap | None, str] = MappingProxyType(
    {None: ARTICLE_RENEWAL, "lawful": ARTICLE_LAWFUL_GAP, "unlawful": ARTICLE_UNLAWFUL_GAP}
)
"""By which article a permit on the radar is judged."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """An application to renew: when it came, and whether it still waits for its decision."""

    applied_on: date
    pending: bool


@dataclass(frozen=True, slots=True)
class Target:
    """So many permits and registrations by a day, by whose word."""

    on: date
    permits: int
    registrations: int
    source: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Reports of one kind and period: handed in by the due day, after it, not at all though due, and not due yet."""

    in_time: int = 0
    late: int = 0
    missing: int = 0
    not_due: int = 0

    @property
    def due(self) -> int:
        """Those that could have been late: all but what is not due yet."""
        return self.in_time + self.late + self.missing


def apply_by(valid_to: date) -> date:
    """条例 art. 14: the last day to apply for a renewal. Calendar days: they are the holder's, not the office's."""
    return valid_to - timedelta(days=APPLY_DAYS_BEFORE)


def stage(valid_to: date, today: date) -> Stage:
    """条例 art. 14: how far a permit is on its way to its end."""
    if today > valid_to:
        return "expired"
    return "ahead" if today <= apply_by(valid_to) else "past_application_day"


def in_time(valid_to: date, renewal: Renewal | None) -> bool:
    """Whether a renewal was applied for sixty days before the permit ends, or earlier (条例 art. 14)."""
    return renewal is not None and renewal.applied_on <= apply_by(valid_to)


def gap(valid_to: date, renewal: Renewal | None, today: date) -> Gap | None:
    """What an expired permit's holder discharges on; None before it expires.

    行政许可法 art. 50: an application in time that is not decided by then counts as granted. 条例 art. 33: whoever
    discharges on otherwise does so without a permit.
    """
    if today <= valid_to:
        return None
    pending = renewal is not None and renewal.pending
    return "lawful" if pending and in_time(valid_to, renewal) else "unlawful"


def outcome(due_on: date, reported_on: date | None, today: date) -> Outcome:
    """条例 art. 22, 37: how the duty to report stands. The due day itself is in time."""
    if reported_on is not None:
        return "in_time" if reported_on <= due_on else "late"
    return "missing" if today > due_on else "not_due"


def target_on(targets: Iterable[Target], day: date) -> Target | None:
    """The newest target of `day` or before; None where there is none yet."""
    begun = [each for each in targets if each.on <= day]
    return max(begun, key=lambda each: each.on, default=None)


def share(part: int, whole: int) -> Decimal | None:
    """A share to four places, half up; None of nothing: no report was due is not that none came."""
    if whole == 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)

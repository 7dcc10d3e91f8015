"""Registration of discharges (排污登记): who may file, how long it holds, what is late. Pure: no clock, no database.

Sources: 排污许可管理条例 (State Council Order 736) art. 24: who discharges very little needs no permit but files a
form, and files changes again within twenty days; art. 43: the penalty for not filing. HJ 608-2017: the number. What
is only known from memory is a `Practice`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from services.kit.anniversaries import last_day_of_years
from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.catalogue.conditions import STRICTNESS, Class

ARTICLE_REGISTRATION = "排污许可管理条例 第二十四条"
ARTICLE_NEEDED = "排污许可管理条例 第二条、第二十四条"
SOURCE_NUMBER = "HJ 608-2017"
LAST_SERIAL = 999

Standing = Literal["in_force", "expired", "cancelled"]
Outcome = Literal["registration", "for_review", "permit_needed", "not_managed"]


class Step(StrEnum):
    """What a version of a registration is: filed first, changed, renewed, or ended."""

    FIRST = "first"  # 首次登记
    CHANGE = "change"  # 变更登记
    RENEWAL = "renewal"  # 延续登记
    CANCELLATION = "cancellation"  # 注销登记


OPEN: Mapping[Standing, frozenset[Step]] = MappingProxyType(
    {
        "in_force": frozenset({Step.CHANGE, Step.RENEWAL, Step.CANCELLATION}),
        # What has expired is renewed, late; a change of it would change nothing that holds.
        "expired": frozenset({Step.RENEWAL, Step.CANCELLATION}),
        "cancelled": frozenset(),
    }
)
"""Which steps are open; a site that was cancelled registers anew, under another number."""


@dataclass(frozen=True, slots=True)
class Practice:
    """What the city goes by (`data/practice.toml`): verified where the file says so."""

    valid_years: int
    change_within_days: int
    renewal_window_days: int
    marks: str


@dataclass(frozen=True, slots=True)
class Filed:
    """One version: from `effective_on` on it is the one that counts; it holds to `valid_to`."""

    step: Step
    effective_on: date
    valid_to: date


def standing_on(newest: Filed, day: date) -> Standing:
    """How a registration stands by the version that counts on `day` (条例 art. 24)."""
    if newest.step is Step.CANCELLATION:
        return "cancelled"
    return "in_force" if day <= newest.valid_to else "expired"


def days_late(changed_on: date, filed_on: date, practice: Practice) -> int:
    """条例 art. 24: a change is filed within twenty days. Calendar days: they are the filer's, not the office's."""
    return max(0, (filed_on - changed_on).days - practice.change_within_days)


def renewal_late(valid_to: date, filed_on: date) -> int:
    """Days for which nothing was registered before the renewal came; 0 where it came in time (条例 art. 24)."""
    return max(0, (filed_on - valid_to).days)


def validity(first_day: date, practice: Practice) -> date:
    """The last day of a registration that holds from `first_day` (five years)."""
    return last_day_of_years(first_day, practice.valid_years)


def renewed_from(valid_to: date, filed_on: date) -> date:
    """A renewal follows on the day after; one that comes late fills no gap: it holds from when it was filed."""
    return max(valid_to + timedelta(days=1), filed_on)


def renewal_opens_on(valid_to: date, practice: Practice) -> date:
    """The first day of the last days of its validity, in which a registration may be renewed."""
    return valid_to - timedelta(days=practice.renewal_window_days)


def check_changed_on(found: Findings, changed_on: date, *, filed_on: date, since: date) -> None:
    """条例 art. 24: what is filed has changed, and after what is registered was filed."""
    if changed_on > filed_on:
        text = Text(zh="变动之日晚于今日", en="the change lies ahead: it is filed once it has happened")
        found.add("/changed_on", "change_ahead", text, article=ARTICLE_REGISTRATION)
    elif changed_on < since:
        text = Text(
            zh="变动之日早于所变更的登记（{day}）", en="the change is older than what it changes ({day})"
        )
        found.add("/changed_on", "change_before_filing", text.format(day=since), article=ARTICLE_REGISTRATION)


def outcome(at_least: Class, at_most: Class) -> Outcome:
    """What the class finder's answer means for a registration (条例 art. 2, 24; 名录).

    A site that is at least of simplified management needs a permit whatever else turns out; one of which the facts
    do not decide files, and a reviewer looks at it.
    """
    if STRICTNESS[at_least] >= STRICTNESS["simplified"]:
        return "permit_needed"
    if at_most == "none":
        return "not_managed"
    return "registration" if at_least == at_most else "for_review"


def next_serial(taken: Collection[int]) -> int | None:
    """The serial of an enterprise's next site (HJ 608-2017): after the highest; None where all are taken."""
    following = max(taken, default=0) + 1
    return following if following <= LAST_SERIAL else None


def next_mark(given: Collection[str], practice: Practice) -> str | None:
    """The special mark of a site's next registration; None where all were given.

    HJ 608-2017 lists no marks; registrations are seen with W (memory: W, X, Y, Z).
    """
    return next((mark for mark in practice.marks if mark not in given), None)


def receipt_number(uscc: str, serial: int, mark: str) -> str:
    """登记编号: the credit code, the serial of the site in three digits, the mark; 22 characters (HJ 608-2017)."""
    return f"{uscc}{serial:03}{mark}"

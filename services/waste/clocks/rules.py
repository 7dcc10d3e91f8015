"""Statutory time limits (法定时限) of waste: how long, from when, by which article. Pure: no clock, no database.

Sources: 危险废物转移管理办法 (Order 23) art. 18; 医疗废物管理条例 (State Council Order 380, 2011 text) art. 17.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

CONFIRMATION_WORKING_DAYS = 5
"""Order 23 art. 18: the receiver confirms within five working days (工作日) of taking over."""

MEDICAL_STORAGE = timedelta(days=2)
"""医疗废物管理条例 art. 17: a hospital stores medical waste for two days at most; art. 25: it is collected as often."""


class Kind(StrEnum):
    """Which limit a deadline is of."""

    MANIFEST_CONFIRMATION = "manifest_confirmation"  # 接受确认
    MEDICAL_STORAGE = "medical_storage"  # 医疗废物暂存


BASIS = {
    Kind.MANIFEST_CONFIRMATION: "危险废物转移管理办法 第十八条",
    Kind.MEDICAL_STORAGE: "医疗废物管理条例 第十七条、第二十五条",
}


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The last moment of a legal day: a limit in days ends with its last day."""
    return datetime.combine(day, time.max, tzinfo=zone)


def storage_due_at(first_stored_at: datetime) -> datetime:
    """条例 art. 17: 48 hours after the bag was first stored."""
    return first_stored_at + MEDICAL_STORAGE


def is_late(due_at: datetime, *, met_at: datetime | None, now: datetime) -> bool:
    """Whether a limit was or is overrun; met at its very last moment it is kept."""
    return (met_at or now) > due_at

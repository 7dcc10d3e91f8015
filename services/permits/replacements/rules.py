"""When a lost or damaged certificate (排污许可证补办) is asked for and given again. Pure: no clock, no database.

Sources: 排污许可管理办法（试行） 2018 (apply within thirty days with a statement of the loss, reissued within ten);
that MEE Order 32 of 2024 keeps it is from memory, so the terms are a `Practice`. 行政许可法 art. 82: the office's days
are working days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.kit.findings import Findings
from services.kit.texts import Text
from services.kit.working_days import Deadline, WorkingCalendar, calendar_days_after

ARTICLE_REPLACEMENT = "排污许可管理办法（补办）"
Cause = Literal["lost", "damaged"]


@dataclass(frozen=True, slots=True)
class Practice:
    """The terms (`data/practice.toml`)."""

    apply_within_days: int
    reissue_within_days: int
    reissue_counts: Literal["working_days", "calendar_days"]


def days_late(happened_on: date, applied_on: date, practice: Practice) -> int:
    """Calendar days beyond the holder's term; a late request is taken all the same."""
    return max(0, (applied_on - happened_on).days - practice.apply_within_days)


def reissue_by(applied_on: date, practice: Practice, calendar: WorkingCalendar) -> Deadline:
    """The last day on which the office gives the certificate again (行政许可法 art. 82)."""
    if practice.reissue_counts == "working_days":
        return calendar.deadline_after(applied_on, practice.reissue_within_days)
    return calendar_days_after(applied_on, practice.reissue_within_days)


def check_request(
    found: Findings, *, cause: Cause, statement: str | None, happened_on: date, applied_on: date
) -> None:
    """A loss is stated (遗失声明), and lies in the past."""
    if cause == "lost" and statement is None:
        text = Text(zh="证书遗失应附遗失声明", en="a lost certificate needs a statement of its loss")
        found.add(
            "/loss_statement",
            "loss_statement_required",
            text,
            article=ARTICLE_REPLACEMENT,
            rests_on=("/cause",),
        )
    if happened_on > applied_on:
        text = Text(zh="日期晚于今日", en="the day lies ahead")
        found.add("/happened_on", "day_ahead", text, article=ARTICLE_REPLACEMENT)


def check_since(found: Findings, *, happened_on: date, issued_on: date) -> None:
    """排污许可管理办法（补办）: a certificate is lost or damaged once it was issued."""
    if happened_on < issued_on:
        text = Text(zh="该许可证于{day}首次签发", en="the permit was first issued on {day}").format(
            day=issued_on.isoformat()
        )
        found.add(
            "/happened_on",
            "day_before_permit",
            text,
            article=ARTICLE_REPLACEMENT,
            rests_on=("/permit_number",),
        )


def next_copy(given: int) -> int:
    """The number of the next certificate: the permit's first is copy 1, each replacement one more."""
    return given + 2

"""Working days: the notice of 2026, the year that is not published, and the arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.working_days import (
    WorkingCalendar,
    YearNotPublished,
    calendar_days_after,
)
from services.kit.year_notices import YearNotice

OFF_2026 = [
    "01-01/01-03",
    "02-15/02-23",
    "04-04/04-06",
    "05-01/05-05",
    "06-19/06-21",
    "09-25/09-27",
    "10-01/10-07",
]
WORKED_2026 = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]

# Invented for the tests; the real notice for 2027 is not published.
INVENTED_2027 = YearNotice(
    year=2027,
    off=frozenset({date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 4)}),
    work=frozenset({date(2027, 1, 2)}),
    source="测试用，非真实通知",
)

calendar = WorkingCalendar()
days = st.dates(date(2004, 1, 1), date(2029, 12, 31))
lengths = st.integers(0, 400)


def _span(entry: str) -> list[date]:
    first, _, last = entry.partition("/")
    start, end = date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last or first}")
    return [start + timedelta(days=after) for after in range((end - start).days + 1)]


@pytest.mark.parametrize("entry", OFF_2026)
def test_a_holiday_of_2026_is_not_worked(entry: str) -> None:
    assert not any(calendar.is_working_day(day) for day in _span(entry))


@pytest.mark.parametrize("entry", WORKED_2026)
def test_a_weekend_day_worked_in_exchange_counts(entry: str) -> None:
    (day,) = _span(entry)
    assert day.weekday() >= 5
    assert calendar.is_working_day(day)


@given(st.dates(date(2004, 1, 1), date(2026, 12, 28)))
def test_every_covered_day_is_as_the_library_says(day: date) -> None:
    assert calendar.is_working_day(day) is chinese_calendar.is_workday(day)


def test_a_day_of_an_unpublished_year_is_neither_yes_nor_no() -> None:
    with pytest.raises(YearNotPublished) as caught:
        calendar.is_working_day(date(2027, 3, 1))
    assert caught.value.year == 2027
    assert not calendar.covers(2027)


def test_the_last_days_of_december_depend_on_the_notice_of_the_next_year() -> None:
    # 2018-12-29 (Saturday) was worked and 2018-12-31 (Monday) off by the notice for 2019.
    assert calendar.is_working_day(date(2018, 12, 29))
    assert not calendar.is_working_day(date(2018, 12, 31))
    assert calendar.is_working_day(date(2026, 12, 28))
    with pytest.raises(YearNotPublished):
        calendar.is_working_day(date(2026, 12, 31))


def test_no_year_so_far_moved_a_day_of_december_before_the_29th() -> None:
    """The line drawn in the module rests on this fact."""
    moved = [
        day
        for day in (
            date(year, 12, 1) + timedelta(days=after) for year in range(2004, 2027) for after in range(28)
        )
        if chinese_calendar.is_workday(day) is not (day.weekday() < 5)
    ]
    assert moved == []


def test_the_count_starts_the_day_after_the_event() -> None:
    # Monday 2026-11-23; five working days later is the next Monday.
    deadline = calendar.deadline_after(date(2026, 11, 23), 5)
    assert deadline.on == date(2026, 11, 30)
    assert not deadline.provisional
    assert deadline.uncovered_years == ()


def test_a_holiday_and_its_exchange_days_move_the_deadline() -> None:
    # From Friday 2026-02-13: Saturday 14 is worked, 15 to 23 are off, 24 and 25 are worked.
    assert calendar.deadline_after(date(2026, 2, 13), 3).on == date(2026, 2, 25)


def test_no_days_give_the_day_itself() -> None:
    assert calendar.deadline_after(date(2026, 10, 1), 0).on == date(2026, 10, 1)


def test_a_deadline_that_crosses_into_an_unpublished_year_is_provisional() -> None:
    deadline = calendar.deadline_after(date(2026, 12, 21), 20)
    assert deadline.provisional
    assert deadline.uncovered_years == (2027,)
    assert deadline.on == date(2027, 1, 18)  # by Monday to Friday
    count = calendar.working_days_between(date(2026, 12, 21), date(2027, 1, 18))
    assert (count.days, count.provisional, count.uncovered_years) == (20, True, (2027,))


def test_two_unpublished_years_are_both_named() -> None:
    assert calendar.deadline_after(date(2026, 12, 1), 300).uncovered_years == (2027, 2028)


def test_an_extra_notice_makes_the_deadline_firm_and_changes_it() -> None:
    published = WorkingCalendar({2027: INVENTED_2027})
    deadline = published.deadline_after(date(2026, 12, 30), 2)
    assert deadline.on == date(2027, 1, 5)  # 12-31 and 01-01 off, Saturday 01-02 worked, Monday 01-04 off
    assert not deadline.provisional
    assert calendar.deadline_after(date(2026, 12, 30), 2).on == date(2027, 1, 1)


def test_an_extra_notice_amends_a_year_the_library_knows() -> None:
    # The notice of January 2020 that prolonged the spring festival is the precedent.
    amended = WorkingCalendar(
        {2026: YearNotice(year=2026, off=frozenset({date(2026, 3, 2)}), work=frozenset(), source="测试")}
    )
    assert not amended.is_working_day(date(2026, 3, 2))
    assert amended.is_working_day(date(2026, 10, 1))
    assert amended.is_working_day(date(2025, 10, 9)) is calendar.is_working_day(date(2025, 10, 9))


def test_an_extra_notice_overrules_the_december_before_its_year() -> None:
    december = date(2018, 12, 29)  # a Saturday worked by the real notice for 2019
    invented = YearNotice(year=2019, off=frozenset({december}), work=frozenset(), source="测试用，非真实通知")
    assert calendar.is_working_day(december)
    assert not WorkingCalendar({2019: invented}).is_working_day(december)
    turned = YearNotice(
        year=2019,
        off=frozenset({date(2019, 1, 1)}),
        work=frozenset({date(2018, 12, 30)}),
        source="测试用，非真实通知",
    )
    assert not calendar.is_working_day(date(2018, 12, 30))
    assert WorkingCalendar({2019: turned}).is_working_day(date(2018, 12, 30))


def test_the_calendar_version_tells_what_the_day_was_computed_from() -> None:
    extra = WorkingCalendar({2027: INVENTED_2027})
    other = YearNotice(year=2027, off=INVENTED_2027.off, work=frozenset(), source=INVENTED_2027.source)
    assert calendar.calendar.startswith("chinesecalendar-")
    assert extra.calendar.startswith(calendar.calendar + "+2027-")
    assert extra.calendar != WorkingCalendar({2027: other}).calendar
    assert extra.calendar == WorkingCalendar({2027: INVENTED_2027}).calendar
    assert extra.deadline_after(date(2026, 11, 23), 1).calendar == extra.calendar


def test_a_period_in_calendar_days_is_not_moved_from_a_day_off() -> None:
    deadline = calendar_days_after(date(2026, 9, 1), 30)
    assert deadline.on == date(2026, 10, 1)
    assert not deadline.provisional
    assert deadline.calendar == "calendar-days"


@given(days, lengths)
def test_from_the_start_to_the_deadline_there_are_as_many_days_as_asked(start: date, length: int) -> None:
    deadline = calendar.deadline_after(start, length)
    count = calendar.working_days_between(start, deadline.on)
    assert count.days == length
    assert count.provisional is deadline.provisional
    assert count.uncovered_years == deadline.uncovered_years


@given(days, lengths, lengths)
def test_a_longer_period_never_ends_earlier(start: date, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert calendar.deadline_after(start, shorter).on <= calendar.deadline_after(start, longer).on


@given(days, days, lengths)
def test_a_later_event_never_has_an_earlier_deadline(one: date, other: date, length: int) -> None:
    earlier, later = sorted((one, other))
    assert calendar.deadline_after(earlier, length).on <= calendar.deadline_after(later, length).on


@given(days, st.integers(0, 300), st.integers(0, 300))
def test_two_counts_that_meet_add_up(start: date, one: int, other: int) -> None:
    middle = start + timedelta(days=one)
    end = middle + timedelta(days=other)
    parts = (
        calendar.working_days_between(start, middle).days + calendar.working_days_between(middle, end).days
    )
    assert calendar.working_days_between(start, end).days == parts


@pytest.mark.parametrize("length", [-1, 10_001])
def test_a_period_out_of_bounds_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="a period is 0 to 10000 days"):
        calendar.deadline_after(date(2026, 1, 5), length)
    with pytest.raises(ValueError, match="a period is 0 to 10000 days"):
        calendar_days_after(date(2026, 1, 5), length)
    with pytest.raises(ValueError, match="a period is 0 to 10000 days"):
        calendar.working_days_between(date(2026, 1, 5), date(2026, 1, 5) + timedelta(days=length))


def test_no_period_runs_past_the_last_date_there_is() -> None:
    with pytest.raises(ValueError, match="9900"):
        calendar.deadline_after(date(9999, 12, 30), 10)
    assert calendar.deadline_after(date(9900, 1, 1), 10_000).provisional


def test_a_moment_is_refused_because_it_has_no_legal_day_of_its_own() -> None:
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    with pytest.raises(TypeError):
        calendar.is_working_day(moment)
    with pytest.raises(TypeError):
        calendar.deadline_after(moment, 1)
    with pytest.raises(TypeError):
        calendar.working_days_between(moment, moment)

"""Reporting periods and validity hold on any day, not only on the few that the other tests look at."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.sample.city import make_city
from infra.sample.periods import last_ended_quarter, quarter
from services.kit.anniversaries import anniversary

DAYS = st.dates(date(2021, 1, 1), date(2060, 12, 31))


@given(day=DAYS)
def test_the_last_ended_quarter_is_over_and_the_next_one_is_not(day: date) -> None:
    last = last_ended_quarter(day)
    assert last.start < last.end < day
    following = last.end + timedelta(days=1)
    assert quarter(following.year, (following.month + 2) // 3).end >= day


def test_five_years_from_a_leap_day_end_on_the_last_of_february() -> None:
    assert anniversary(date(2024, 2, 29), 5) == date(2029, 3, 1)
    assert anniversary(date(2024, 2, 28), 5) == date(2029, 2, 28)


@settings(max_examples=15, deadline=None)
@given(day=DAYS)
def test_on_any_day_all_permits_are_in_force_and_have_been_for_every_reported_period(day: date) -> None:
    city = make_city(day)
    since = {permit.permit_number: permit.valid_from for permit in city.permits}
    assert all(permit.valid_from < day < permit.valid_to for permit in city.permits)
    assert all(since[report.permit_number] <= report.period_start for report in city.reports)
    assert all(report.period_end < report.submitted_at.date() < day for report in city.reports)

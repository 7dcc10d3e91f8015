"""Statutory limits of waste, to the moment."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from services.kit.clock import CITY_TIME
from services.waste.clocks import rules
from services.waste.clocks.service import start_confirmation

NOON = datetime(2026, 11, 23, 12, tzinfo=CITY_TIME)


def test_storage_due_at_medical_waste_article_17_is_48_hours_to_the_second() -> None:
    due = rules.storage_due_at(NOON)
    assert due - NOON == timedelta(hours=48)
    assert not rules.is_late(due, met_at=due, now=NOON)
    assert rules.is_late(due, met_at=due + timedelta(seconds=1), now=NOON)


def test_an_open_limit_is_late_once_it_is_past() -> None:
    due = rules.storage_due_at(NOON)
    assert not rules.is_late(due, met_at=None, now=due)
    assert rules.is_late(due, met_at=None, now=due + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("arrived_on", "due_on"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),
        (date(2026, 9, 30), date(2026, 10, 13)),  # the National Day holiday; 10 October is worked
        (date(2026, 2, 13), date(2026, 2, 27)),  # the Spring Festival; 14 February is worked
    ],
)
def test_order_23_article_18_five_working_days_are_those_of_the_state_councils_notice(
    arrived_on: date, due_on: date
) -> None:
    arrived_at = datetime(arrived_on.year, arrived_on.month, arrived_on.day, 23, tzinfo=CITY_TIME)
    deadline = start_confirmation(uuid.uuid4(), receiver_uscc="", arrived_at=arrived_at)
    assert (deadline.due_on, deadline.provisional) == (due_on, False)
    assert deadline.due_at == datetime(due_on.year, due_on.month, due_on.day, 23, 59, 59, 999999, CITY_TIME)


def test_the_day_of_arrival_is_the_citys_day_not_greenwichs() -> None:
    after_midnight_in_the_city = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    deadline = start_confirmation(uuid.uuid4(), receiver_uscc="", arrived_at=after_midnight_in_the_city)
    assert deadline.due_on == date(2026, 11, 30)


def test_a_limit_that_runs_into_a_year_without_notice_is_provisional_and_names_the_year() -> None:
    arrived_at = datetime(2026, 12, 28, 9, tzinfo=CITY_TIME)
    deadline = start_confirmation(uuid.uuid4(), receiver_uscc="", arrived_at=arrived_at)
    assert (deadline.provisional, deadline.uncovered_years) == (True, [2027])
    assert deadline.calendar.startswith("chinesecalendar-")

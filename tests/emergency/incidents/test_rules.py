"""The rules of incidents, each by its own test."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from services.emergency.incidents.grade_tables import shipped
from services.emergency.incidents.rules import (
    Grade,
    check_facts,
    check_moments,
    grade_of,
    report_due_at,
    table_on,
)
from services.kit.findings import Findings

KNOWN = datetime(2026, 11, 23, 8, tzinfo=UTC)
NATIONAL = table_on(shipped(), date(2026, 11, 23))


@pytest.mark.parametrize(
    ("day", "table"),
    [
        (date(2011, 4, 30), None),
        (date(2011, 5, 1), "order-17-2011"),
        (date(2014, 12, 28), "order-17-2011"),
        (date(2014, 12, 29), "national-plan-2014"),
        (date(2026, 11, 23), "national-plan-2014"),
    ],
)
def test_table_on_is_the_one_of_its_day(day: date, table: str | None) -> None:
    found = table_on(shipped(), day)
    assert (found.id if found else None) == table


@pytest.mark.parametrize(
    ("fact", "number", "grade"),
    [
        ("deaths", 30, "I"),
        ("deaths", 29, "II"),
        ("deaths", 10, "II"),
        ("deaths", 9, "III"),
        ("deaths", 3, "III"),
        ("deaths", 2, "IV"),
        ("poisoned_or_injured", 100, "I"),
        ("poisoned_or_injured", 99, "II"),
        ("poisoned_or_injured", 49, "III"),
        ("evacuated", 50_000, "I"),
        ("evacuated", 49_999, "II"),
        ("evacuated", 9_999, "III"),
        ("evacuated", 4_999, "IV"),
        ("direct_loss_yuan", 100_000_000, "I"),
        ("direct_loss_yuan", 20_000_000, "II"),
        ("direct_loss_yuan", 19_999_999, "III"),
    ],
)
def test_grade_of_counts_from_the_number_itself_on(fact: str, number: int, grade: str) -> None:
    assert NATIONAL is not None
    assert grade_of(NATIONAL, {fact: Decimal(number)})[0] == grade


def test_grade_of_is_i_where_harm_crosses_the_national_border_whatever_the_casualties() -> None:
    assert NATIONAL is not None
    grade, fired = grade_of(NATIONAL, {"deaths": Decimal(0), "border": "international"})
    assert (grade, [row.verified for row in fired]) == (Grade.I, [True])


def test_grade_of_names_every_row_that_fires_the_gravest_first() -> None:
    assert NATIONAL is not None
    grade, fired = grade_of(NATIONAL, {"deaths": Decimal(4), "border": "provincial"})
    assert grade == Grade.II
    assert [(row.grade, row.fact) for row in fired] == [("II", "border"), ("III", "deaths")]


def test_the_older_table_calls_ten_deaths_i_and_decides_nothing_where_it_is_silent() -> None:
    older = table_on(shipped(), date(2012, 1, 1))
    assert older is not None
    assert grade_of(older, {"deaths": Decimal(10)})[0] == Grade.I
    assert grade_of(older, {"deaths": Decimal(1)}) == (None, [])


@pytest.mark.parametrize(("grade", "hours"), [("I", 2), ("II", 2), ("III", 4), ("IV", 4)])
def test_report_due_at_is_two_or_four_hours_after_it_was_known(grade: str, hours: int) -> None:
    assert report_due_at(KNOWN, Grade(grade)) == KNOWN + timedelta(hours=hours)


def test_check_facts_wants_at_least_one() -> None:
    found = Findings()
    check_facts(found, {"deaths": None, "border": None})
    assert [error.code for error in found.errors] == ["no_facts"]


def test_check_moments_refuses_the_future_and_knowing_beforehand() -> None:
    found = Findings()
    check_moments(found, happened_at=KNOWN + timedelta(hours=2), known_at=KNOWN, now=KNOWN)
    assert [(error.pointer, error.code) for error in found.errors] == [
        ("/happened_at", "in_future"),
        ("/known_at", "known_before_it_happened"),
    ]

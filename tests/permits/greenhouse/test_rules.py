"""The yearly report of a key emitter: each rule by its article, the states by their properties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.kit.working_days import working_calendar
from services.permits.greenhouse.rules import (
    TRANSITIONS,
    Named,
    State,
    Step,
    after,
    check_facts,
    check_follows,
    check_gases,
    check_listed_year,
    check_result,
    check_sheet,
    check_year,
    days_late,
    due_on,
    keep_until,
)

TODAY = date(2026, 11, 26)
ONE, TWO = UUID(int=1), UUID(int=2)


def codes(found: Findings) -> list[str]:
    return [error.code for error in found.errors]


@given(st.lists(st.sampled_from(list(Step)), max_size=30))
def test_carbon_regulation_12_no_path_skips_a_duty(steps: list[Step]) -> None:
    """Nothing is verified that was not forwarded since it was last corrected, nothing fed back unverified."""
    state, taken = State.SUBMITTED, [Step.CORRECT]
    for step in steps:
        following = after(state, step)
        if following is None:
            continue
        if step is Step.VERIFY:
            assert taken[-1] is Step.FORWARD
        if step is Step.FEED_BACK:
            assert taken[-1] is Step.VERIFY
        if step is Step.FORWARD:
            assert taken[-1] is Step.CORRECT
        state, taken = following, [*taken, step]
    if Step.VERIFY in taken:
        assert Step.CORRECT not in taken[taken.index(Step.VERIFY) :]
    assert (state is State.FED_BACK) == (taken[-1] is Step.FEED_BACK)


def test_every_state_is_reached_and_only_the_last_ends() -> None:
    assert set(TRANSITIONS.values()) == set(State)
    assert {state for state in State if not any(begin is state for begin, _ in TRANSITIONS)} == {
        State.FED_BACK
    }


def test_carbon_regulation_11_the_report_of_a_year_is_due_in_the_next() -> None:
    assert due_on(2025, month=3, day=31) == date(2026, 3, 31)
    assert due_on(2026, month=2, day=31) == date(2027, 2, 28)
    assert [days_late(date(2026, 3, 31), day) for day in (date(2026, 3, 31), date(2026, 4, 2))] == [0, 2]
    found = Findings()
    check_year(found, year=2026, today=TODAY)
    check_year(found, year=2025, today=TODAY)
    assert codes(found) == ["year_not_over"]


def test_carbon_regulation_11_records_are_kept_five_years() -> None:
    assert keep_until(2025, years=5) == date(2030, 12, 31)


@given(st.dates(date(2020, 1, 1), date(2027, 1, 1)))
def test_carbon_regulation_12_the_result_is_fed_back_within_seven_working_days(ended: date) -> None:
    calendar = working_calendar()
    due = calendar.deadline_after(ended, 7)
    assert due.on >= ended + timedelta(days=7)
    assert calendar.working_days_between(ended, due.on).days == 7


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([Named(ONE, 2), Named(TWO, 1)], []),
        ([Named(ONE, 1), Named(TWO, 1)], ["fact_superseded"]),
        ([Named(ONE, 2)], ["facts_left_out"]),
        ([Named(ONE, 2), Named(ONE, 2), Named(TWO, 1)], ["fact_repeated"]),
        ([Named(ONE, 2), Named(TWO, 1), Named(UUID(int=9), 1)], ["fact_unknown"]),
    ],
)
def test_carbon_regulation_11_a_report_rests_on_every_fact_in_its_newest_version(
    named: list[Named], expected: list[str]
) -> None:
    found = Findings()
    check_facts(found, named, {ONE: 2, TWO: 1})
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("conclusion", "verified", "expected"),
    [
        ("conforms", "18007.48", []),
        ("conforms", "18007.480", []),
        ("conforms", "18007.49", ["result_contradicts"]),
        ("corrected", "18100.5", []),
        ("corrected", "0", []),
        ("corrected", "18007.48", ["result_contradicts"]),
    ],
)
def test_carbon_regulation_12_what_conforms_is_verified_as_it_was_reported(
    conclusion: str, verified: str, expected: list[str]
) -> None:
    found = Findings()
    check_result(found, conclusion=conclusion, verified=Decimal(verified), reported=Decimal("18007.48"))
    assert codes(found) == expected


def test_carbon_regulation_22_no_gas_of_a_process_is_counted_twice() -> None:
    found = Findings()
    check_gases(found, [("n2o", "硝酸"), ("ch4", "硝酸"), ("n2o", "己二酸"), ("n2o", "硝酸")])
    assert [(each.pointer, each.code) for each in found.errors] == [("/other_gases/3", "gas_repeated")]


def test_carbon_regulation_22_what_has_no_factor_is_not_left_out() -> None:
    found = Findings()
    check_sheet(found, year=2021, lines=2, missing=["lignite", "lignite"])
    assert [(each.code, each.article) for each in found.errors] == [
        ("factor_unknown", "碳排放权交易管理暂行条例 第二十二条")
    ]
    found = Findings()
    check_sheet(found, year=2021, lines=2, missing=["lignite", "sf6"], gases=["ch4", "sf6"])
    assert [each.pointer for each in found.errors] == ["/facts", "/other_gases/1/gas"]
    found = Findings()
    check_sheet(found, year=2021, lines=0, missing=[])
    assert codes(found) == ["no_activity_data"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 5, 1), []),
        (TODAY, []),
        (date(2026, 4, 30), ["step_before_last"]),
        (date(2026, 11, 27), ["step_in_future"]),
    ],
)
def test_no_clock_runs_backwards(day: date, expected: list[str]) -> None:
    found = Findings()
    check_follows(found, "/on_day", day=day, earliest=date(2026, 5, 1), today=TODAY)
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("year", "code"),
    [(2012, "year_before_rules"), (2013, None), (2026, None), (2027, None), (2028, "year_too_far")],
)
def test_carbon_regulation_11_a_list_is_of_a_year_with_reports_and_not_of_one_far_ahead(
    year: int, code: str | None
) -> None:
    found = Findings()
    check_listed_year(found, year=year, first=2013, today=date(2026, 11, 27))
    assert [(each.pointer, each.code) for each in found.errors] == ([("/year", code)] if code else [])

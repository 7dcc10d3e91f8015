"""What the versions of a permit limit together in one period (排污许可管理条例 art. 14-16, 22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.permits.reports.permitted import Held, Permitted, together
from services.permits.reports.rules_limits import Limits
from tests.permits.reports.facts import limit

START, BEFORE, CHANGE, END = (date(2025, 2, day) for day in (1, 10, 11, 28))


def version(*outlets: str, **said: Any) -> Permitted:
    return Permitted(
        Limits(limit(outlet=each) for each in outlets),
        codes=frozenset(outlets),
        names={each: f"排放口{each}" for each in outlets},
        **said,
    )


@pytest.mark.parametrize(
    ("since", "turns", "steady"),
    [
        (START, [], True),
        (date(2025, 2, 2), [], False),
        (date.min, [START], True),
        (date.min, [date(2025, 2, 2)], False),
        (date.min, [END], False),
        (date.min, [date(2025, 3, 1)], True),
        (date.min, [date(2025, 1, 31), date(2025, 3, 1)], True),
        (date.min, [date(2025, 1, 31), BEFORE, date(2025, 3, 1)], False),
    ],
)
def test_a_version_is_steady_where_it_and_its_limits_hold_on_each_day(
    since: date, turns: list[date], steady: bool
) -> None:
    assert Permitted(since=since, turns=turns).is_steady(START, END) is steady


class TestTogether:
    def test_article_22_outlets_of_any_version_are_known_each_by_its_days_and_name(self) -> None:
        found = together(
            [
                Held(START, BEFORE, version("DA001", "DA002")),
                Held(CHANGE, END, version("DA001", "DA003")),
            ]
        )
        assert found.outlets.outlets == {"DA001", "DA002", "DA003"} == set(found.names)
        assert set(found.codes) == {"DA001"}
        assert found.partly == [("DA002", START, BEFORE), ("DA003", CHANGE, END)]

    def test_an_outlet_is_a_main_one_where_the_last_version_that_had_it_says_so(self) -> None:
        versions = [
            Held(START, START, version("DA001", "DA002", "DA003", main={"DA001", "DA002"})),
            Held(date(2025, 2, 2), BEFORE, version("DA001", "DA002", "DA003", main={"DA001", "DA003"})),
            Held(CHANGE, END, version("DA003", main=set[str]())),
        ]
        assert set(together(versions).main) == {"DA001"}

    def test_article_34_totals_are_those_of_the_last_day_and_pollutants_those_of_all(self) -> None:
        earlier, later = (limit(pollutant, "annual_amount", "5", outlet="") for pollutant in ("a1", "a2"))
        found = together(
            [
                Held(START, BEFORE, version("DA001", plant=[earlier])),
                Held(CHANGE, END, version("DA001", plant=[replace(later, valid_to=CHANGE), later])),
            ]
        )
        assert found.plant == [later]
        assert set(found.totals_of) == {"a1", "a2"}

    def test_article_13_special_limits_hold_on_no_day_outside_their_version(self) -> None:
        special = replace(limit(), ground="attainment_plan")
        found = together(
            [
                Held(START, BEFORE, version("DA001", special=[special])),
                Held(CHANGE, END, version("DA001", special=[special])),
            ]
        )
        days = [(each.valid_from, each.valid_to) for each in found.special]
        assert days == [(CHANGE, END), (START, BEFORE)]

"""Key units disclose before they apply (条例 art. 8(1)); the five working days are configuration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.kit.findings import Findings
from services.permits.applications import rules_disclosure as rules
from services.permits.applications.periods import periods
from services.permits.applications.rules import Kind
from services.permits.applications.rules_disclosure import Disclosed, Elsewhere, NoticeHeld, PreDisclosure
from tests.permits.applications.machine import CALENDAR

TODAY = date(2025, 3, 17)
"""A Monday."""
HELD = NoticeHeld(first=date(2025, 3, 10), last=date(2025, 3, 14), permit_number=None, used=False)
NOTHING = Disclosed()


def shipped() -> PreDisclosure:
    rule = periods().pre_disclosure_on(TODAY)
    assert rule is not None
    return rule


def judged(disclosed: Disclosed, **changes: Any) -> list[tuple[str, str]]:
    found = Findings()
    facts: dict[str, Any] = {
        "kind": Kind.FIRST,
        "management_class": "key",
        "permit_number": None,
        "today": TODAY,
        "calendar": CALENDAR,
        "rule": shipped(),
    }
    rules.check_disclosure(found, disclosed=disclosed, **{**facts, **changes})
    return [(each.pointer, each.code) for each in found.errors]


def stated(first: date, last: date, *, linked: bool = True) -> Disclosed:
    return Disclosed((first, last), linked=linked)


def noticed(**changes: Any) -> Disclosed:
    return Disclosed(names_notice=True, notice=replace(HELD, **changes))


class TestWhoDisclosesArticle8:
    @pytest.mark.parametrize("kind", [Kind.FIRST, Kind.REAPPLICATION])
    def test_a_key_unit_discloses_before_it_applies(self, kind: Kind) -> None:
        assert judged(NOTHING, kind=kind) == [("/pre_disclosure", "disclosure_missing")]

    @pytest.mark.parametrize("kind", [Kind.CHANGE, Kind.RENEWAL, Kind.SUPPLEMENT])
    def test_other_applications_need_none(self, kind: Kind) -> None:
        assert judged(NOTHING, kind=kind) == []

    def test_a_simplified_unit_needs_none(self) -> None:
        assert judged(NOTHING, management_class="simplified") == []

    def test_before_the_law_nothing_was_disclosed(self) -> None:
        assert judged(NOTHING, rule=None) == []


class TestElsewhereArticle8:
    def test_five_working_days_first_and_last_included(self) -> None:
        short = [("/pre_disclosure/last_day", "disclosure_too_short")]
        assert judged(stated(date(2025, 3, 10), date(2025, 3, 14))) == []
        assert judged(stated(date(2025, 3, 11), date(2025, 3, 14))) == short
        assert judged(stated(date(2025, 3, 8), date(2025, 3, 13))) == short  # Saturday to Thursday: four

    def test_it_is_over_when_the_application_comes(self) -> None:
        assert judged(stated(date(2025, 3, 3), TODAY)) == [
            ("/pre_disclosure/last_day", "disclosure_not_over")
        ]

    @pytest.mark.parametrize("management_class", ["key", "simplified"])
    def test_it_does_not_end_before_it_begins(self, management_class: str) -> None:
        reversed_days = stated(date(2025, 3, 14), date(2025, 3, 10))
        assert judged(reversed_days, management_class=management_class) == [
            ("/pre_disclosure/last_day", "disclosure_reversed")
        ]

    def test_one_of_years_is_long_enough_and_not_counted(self) -> None:
        assert judged(stated(date(2000, 1, 1), date(2025, 3, 14))) == []

    @pytest.mark.parametrize(
        ("day", "elsewhere"),
        [
            (date(2021, 3, 1), Elsewhere.STATED),
            (date(2026, 12, 31), Elsewhere.STATED),
            (date(2027, 1, 1), Elsewhere.LINKED),
        ],
    )
    def test_that_it_is_linked_to_is_asked_from_2027_on(self, day: date, elsewhere: Elsewhere) -> None:
        rule = periods().pre_disclosure_on(day)
        assert rule is not None
        assert rule.elsewhere is elsewhere
        assert (rule.working_days, rule.kinds) == (5, {Kind.FIRST, Kind.REAPPLICATION})

    @pytest.mark.parametrize(
        ("elsewhere", "expected"),
        [
            (Elsewhere.STATED, []),
            (Elsewhere.LINKED, [("/pre_disclosure/link", "disclosure_link_missing")]),
            (Elsewhere.REFUSED, [("/disclosure_notice_id", "disclosure_not_here")]),
        ],
    )
    def test_what_proves_it_is_the_citys_to_say(
        self, elsewhere: Elsewhere, expected: list[tuple[str, str]]
    ) -> None:
        unlinked = stated(date(2025, 3, 10), date(2025, 3, 14), linked=False)
        assert judged(unlinked, rule=replace(shipped(), elsewhere=elsewhere)) == expected


class TestByNoticeArticle8:
    def test_the_days_that_the_notice_was_held_are_judged(self) -> None:
        assert judged(noticed()) == []
        assert judged(noticed(first=date(2025, 3, 11))) == [("/disclosure_notice_id", "disclosure_too_short")]
        assert judged(noticed(last=TODAY)) == [("/disclosure_notice_id", "disclosure_not_over")]

    def test_one_that_was_ended_on_its_first_day_was_held_on_none(self) -> None:
        assert judged(noticed(last=date(2025, 3, 9))) == [("/disclosure_notice_id", "disclosure_too_short")]

    def test_it_is_this_units_and_about_this_permit(self) -> None:
        assert judged(Disclosed(names_notice=True)) == [
            ("/disclosure_notice_id", "disclosure_notice_unknown")
        ]
        of_permit = noticed(permit_number="A")
        assert judged(of_permit, permit_number="A") == []
        for other in ("B", None):
            assert judged(of_permit, permit_number=other) == [
                ("/disclosure_notice_id", "disclosure_of_another_permit")
            ]

    def test_it_serves_one_permit(self) -> None:
        assert judged(noticed(used=True)) == [("/disclosure_notice_id", "disclosure_notice_used")]

    def test_what_the_notice_says_is_not_stated_beside_it(self) -> None:
        both = replace(noticed(), stated=(HELD.first, HELD.last))
        assert judged(both) == [("/pre_disclosure", "disclosure_stated_twice")]

    def test_a_notice_serves_wherever_the_city_wants_it(self) -> None:
        assert judged(noticed(), rule=replace(shipped(), elsewhere=Elsewhere.REFUSED)) == []

"""What an application must hold, and what it is told of time (条例 art. 6, 8, 11, 14, 40)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from services.kit.findings import Findings
from services.permits.applications import rules_content as rules
from services.permits.applications.periods import PeriodsError, load, periods
from services.permits.applications.rules import Kind, State
from tests.permits.applications.machine import CALENDAR

TODAY = date(2025, 3, 17)
"""A Monday."""
RULE = periods().pre_disclosure_on(TODAY)


def codes(found: Findings) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in found.errors]


def disclosure(
    first: date | None, last: date | None = None, *, kind: Kind = Kind.FIRST, management_class: str = "key"
) -> list[tuple[str, str]]:
    found = Findings()
    rules.check_disclosure(
        found,
        kind=kind,
        management_class=management_class,
        disclosed=(first, last) if first and last else None,
        today=TODAY,
        calendar=CALENDAR,
        rule=RULE,
    )
    return codes(found)


class TestDisclosureOfKeyUnits:
    """条例 art. 8(1); the five working days are configuration."""

    @pytest.mark.parametrize("kind", [Kind.FIRST, Kind.REAPPLICATION])
    def test_a_key_unit_discloses_before_it_applies(self, kind: Kind) -> None:
        assert disclosure(None, kind=kind) == [("/pre_disclosure", "disclosure_missing")]

    @pytest.mark.parametrize("kind", [Kind.CHANGE, Kind.RENEWAL, Kind.SUPPLEMENT])
    def test_other_applications_need_none(self, kind: Kind) -> None:
        assert disclosure(None, kind=kind) == []

    def test_a_simplified_unit_needs_none(self) -> None:
        assert disclosure(None, management_class="simplified") == []

    def test_five_working_days_first_and_last_included(self) -> None:
        assert disclosure(date(2025, 3, 10), date(2025, 3, 14)) == []
        assert disclosure(date(2025, 3, 11), date(2025, 3, 14)) == [
            ("/pre_disclosure/last_day", "disclosure_too_short")
        ]
        assert disclosure(date(2025, 3, 8), date(2025, 3, 13)) == [  # Saturday to Thursday: four
            ("/pre_disclosure/last_day", "disclosure_too_short")
        ]

    def test_it_is_over_when_the_application_comes(self) -> None:
        assert disclosure(date(2025, 3, 3), TODAY) == [("/pre_disclosure/last_day", "disclosure_not_over")]

    def test_it_does_not_end_before_it_begins(self) -> None:
        assert disclosure(date(2025, 3, 14), date(2025, 3, 10)) == [
            ("/pre_disclosure/last_day", "disclosure_reversed")
        ]

    def test_one_of_years_is_long_enough_and_not_counted(self) -> None:
        assert disclosure(date(2000, 1, 1), date(2025, 3, 14)) == []


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        (Kind.FIRST, "x", "permit_number_of_first"),
        (Kind.RENEWAL, None, "permit_number_missing"),
        (Kind.CHANGE, None, "permit_number_missing"),
        (Kind.FIRST, None, None),
        (Kind.REAPPLICATION, "x", None),
    ],
)
def test_articles_14_and_15_everything_but_a_first_application_names_a_permit(
    kind: Kind, number: str | None, code: str | None
) -> None:
    found = Findings()
    rules.check_number(found, kind=kind, permit_number=number)
    assert codes(found) == ([("/permit_number", code)] if code else [])


def test_article_14_what_has_ended_is_not_renewed() -> None:
    on_the_last_day, after = Findings(), Findings()
    rules.check_held(on_the_last_day, valid_to=TODAY, today=TODAY)
    rules.check_held(after, valid_to=TODAY - timedelta(days=1), today=TODAY)
    assert codes(on_the_last_day) == []
    assert codes(after) == [("/permit_number", "permit_expired")]


def test_article_6_one_permit_a_site_and_a_correction_stays_with_its_site() -> None:
    found = Findings()
    rules.check_site(found, held=None)
    rules.check_same_site(found, before=None, now="一号厂区")
    rules.check_same_site(found, before="一号厂区", now="一号厂区")
    assert codes(found) == []
    rules.check_site(found, held="911100000000000000001P")
    rules.check_same_site(found, before="一号厂区", now="二号厂区")
    assert [code for _, code in codes(found)] == ["site_has_permit", "another_site"]


def test_article_14_only_a_change_alters_particulars_and_says_since_when() -> None:
    found = Findings()
    rules.check_particulars(found, kind=Kind.RENEWAL, changes_enterprise=True, changed_on=None, today=TODAY)
    assert codes(found) == [
        ("/enterprise", "particulars_without_change"),
        ("/changed_on", "changed_on_missing"),
    ]
    found, tomorrow = Findings(), TODAY + timedelta(days=1)
    rules.check_particulars(
        found, kind=Kind.CHANGE, changes_enterprise=True, changed_on=tomorrow, today=TODAY
    )
    assert codes(found) == [("/changed_on", "changed_in_future")]


def test_article_11_1_an_application_names_an_eia_of_its_own() -> None:
    found = Findings()
    rules.check_eia(found, states=[])
    rules.check_eia(found, states=["registered", None, "stated", "rejected"])
    assert codes(found) == [
        ("/eia_ids", "eia_missing"),
        ("/eia_ids/1", "eia_unknown"),
        ("/eia_ids/3", "eia_rejected"),
    ]


def test_article_40_who_is_barred_applies_again_when_the_bar_is_over() -> None:
    found = Findings()
    rules.check_bar(found, barred_until=None, today=TODAY)
    rules.check_bar(found, barred_until=TODAY - timedelta(days=1), today=TODAY)
    assert codes(found) == []
    rules.check_bar(found, barred_until=TODAY, today=TODAY)
    assert codes(found) == [("/uscc", "applicant_barred")]


def told(kind: Kind, *, valid_to: date | None = None, changed_on: date | None = None) -> list[str]:
    remarks = rules.remarks(kind=kind, applied_on=TODAY, valid_to=valid_to, changed_on=changed_on)
    return [each.code for each in remarks]


def test_article_14_a_renewal_is_applied_for_sixty_days_before_the_end() -> None:
    assert told(Kind.RENEWAL, valid_to=TODAY + timedelta(days=60)) == []
    assert told(Kind.RENEWAL, valid_to=TODAY + timedelta(days=59)) == ["renewal_late"]
    assert told(Kind.CHANGE, valid_to=TODAY) == []


def test_article_14_a_change_is_applied_for_within_thirty_days() -> None:
    assert told(Kind.CHANGE, changed_on=TODAY - timedelta(days=30)) == []
    assert told(Kind.CHANGE, changed_on=TODAY - timedelta(days=31)) == ["change_late"]


@pytest.mark.parametrize(
    ("kind", "state", "today", "deemed"),
    [
        (Kind.RENEWAL, State.ACCEPTED, TODAY + timedelta(days=1), True),
        (Kind.RENEWAL, State.PAUSED, TODAY + timedelta(days=1), True),
        (Kind.RENEWAL, State.ACCEPTED, TODAY, False),
        (Kind.RENEWAL, State.INCOMPLETE, TODAY + timedelta(days=1), False),
        (Kind.RENEWAL, State.REFUSED, TODAY + timedelta(days=1), False),
        (Kind.CHANGE, State.ACCEPTED, TODAY + timedelta(days=1), False),
    ],
)
def test_article_50_a_renewal_without_a_decision_counts_as_granted_when_the_permit_ends(
    kind: Kind, state: State, today: date, *, deemed: bool
) -> None:
    remark = rules.deemed_renewed(kind=kind, state=state, valid_to=TODAY, today=today)
    assert (remark is not None) == deemed


class TestPeriodsOfACity:
    def test_the_newest_that_has_begun_holds(self, tmp_path: Path) -> None:
        entry = '[[change]]\nsince = {since}\nworking_days = {days}\nbasis = "b"\nnote = "n"\n'
        remedies = (
            "[[remedies]]\nsince = 2021-03-01\nreconsideration_days = 60\nlitigation_months = 6\n"
            'basis = "b"\nnote = "n"\n'
        )
        file = tmp_path / "periods.toml"
        file.write_text(
            entry.format(since="2027-01-01", days=10) + entry.format(since="2021-03-01", days=20) + remedies,
            "utf-8",
        )
        found = load(file)
        assert [found.change_on(day).days for day in (date(2021, 3, 1), date(2026, 12, 31))] == [20, 20]
        assert found.change_on(date(2027, 1, 1)).days == 10
        assert found.pre_disclosure_on(TODAY) is None

    @pytest.mark.parametrize(
        "text", ["", "[[change]]\nsince = 2021-03-01\n", "[[change]]\nx = 1", "not toml ["]
    )
    def test_a_file_that_cannot_be_used_says_why(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "periods.toml"
        file.write_text(text, "utf-8")
        with pytest.raises(PeriodsError):
            load(file)

    def test_before_the_law_nothing_was_disclosed(self) -> None:
        assert periods().pre_disclosure_on(date(2020, 1, 1)) is None

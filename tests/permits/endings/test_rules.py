"""How permits end, and how they stand on a day."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.kit.working_days import working_calendar
from services.permits.endings import rules
from services.permits.endings.grounds import PATH, GroundsInvalid, grounds, load
from services.permits.endings.rules import Ended, Kind, Standing, Validity

FIRST, LAST = date(2025, 1, 1), date(2029, 12, 31)
VALIDITY = Validity(FIRST, LAST)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
ENDS = st.builds(Ended, kind=st.sampled_from(get_args(Kind)), effective_on=DAYS)

# Written out beside the rules: an end that is not here is not open.
OPEN_FROM = {
    "annulled": {"in_force", "expired"},
    "withdrawn": {"in_force"},
    "revoked": {"in_force"},
    "cancelled": {"in_force", "expired", "annulled", "withdrawn", "revoked"},
}
"""A permit that is granted but has not begun counts as in force for a decision."""


class TestToBeCancelledArticle70:
    @pytest.mark.parametrize(
        ("ends", "day", "wanted"),
        [
            ([], 0, None),
            ([], 1, ("expired", 1)),
            ([("revoked", -9)], -9, ("revoked", -9)),
            ([("revoked", -9)], -10, None),
            ([("annulled", -9), ("cancelled", -5)], -5, None),
            ([("withdrawn", -9), ("cancelled", 5)], -5, None),
        ],
    )
    def test_what_holds_no_more_waits_for_its_cancellation(
        self, ends: list[tuple[rules.Kind, int]], day: int, wanted: tuple[str, int] | None
    ) -> None:
        def on(days: int) -> date:
            return date(2029, 12, 31) + timedelta(days=days)

        validity = rules.Validity(date(2025, 1, 1), on(0))
        known = [rules.Ended(kind, on(days)) for kind, days in ends]
        found = rules.to_be_cancelled(validity, known, on(day))
        assert found == (wanted and (wanted[0], on(wanted[1])))


class TestStandingArticle70:
    def test_it_is_in_force_from_its_first_day_to_its_last_and_then_expired(self) -> None:
        stood = {
            day: rules.standing_on(VALIDITY, [], day)
            for day in (FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1))
        }
        assert list(stood.values()) == ["not_yet", "in_force", "in_force", "expired"]

    @pytest.mark.parametrize("kind", get_args(Kind))
    def test_an_end_counts_from_its_effective_day(self, kind: Kind) -> None:
        ends = [Ended(kind, date(2026, 6, 1))]
        assert rules.standing_on(VALIDITY, ends, date(2026, 5, 31)) == "in_force"
        assert rules.standing_on(VALIDITY, ends, date(2026, 6, 1)) == kind
        assert rules.standing_on(VALIDITY, ends, date(2031, 1, 1)) == kind

    def test_a_cancellation_follows_what_it_rests_on(self) -> None:
        ends = [Ended("revoked", date(2026, 6, 1)), Ended("cancelled", date(2026, 7, 1))]
        assert rules.standing_on(VALIDITY, ends, date(2026, 6, 30)) == "revoked"
        assert rules.standing_on(VALIDITY, ends, date(2026, 7, 1)) == "cancelled"

    @given(st.lists(ENDS, max_size=4), DAYS, DAYS)
    def test_what_has_ended_is_never_in_force_again(self, ends: list[Ended], one: date, other: date) -> None:
        before, after = sorted((one, other))
        stood, stands = (rules.standing_on(VALIDITY, ends, day) for day in (before, after))
        if stood not in ("not_yet", "in_force"):
            assert stands not in ("not_yet", "in_force")
        if stood == "cancelled":
            assert stands == "cancelled"

    @given(st.lists(ENDS, max_size=4), DAYS)
    def test_another_end_never_makes_it_hold_longer(self, ends: list[Ended], day: date) -> None:
        for count in range(len(ends)):
            if rules.standing_on(VALIDITY, ends[:count], day) not in ("not_yet", "in_force"):
                assert rules.standing_on(VALIDITY, ends, day) not in ("not_yet", "in_force")


class TestStateMachine:
    def test_every_end_is_open_from_where_it_should_or_not(self) -> None:
        for kind, standing in itertools.product(get_args(Kind), get_args(Standing)):
            assert (standing in rules.OPEN[kind]) == (standing in OPEN_FROM[kind]), (kind, standing)

    @given(st.lists(st.tuples(st.sampled_from(sorted(grounds().by_name)), st.integers(0, 900)), max_size=8))
    def test_no_sequence_of_decisions_leads_back_or_past_a_cancellation(
        self, steps: list[tuple[str, int]]
    ) -> None:
        """Decides on whatever is open, days going by; the clock never runs backwards."""
        today, ends, seen = FIRST, list[Ended](), list[Standing]()
        for name, days in steps:
            today += timedelta(days=days)
            ground = grounds().by_name[name]
            standing = rules.decided_standing(VALIDITY, ends, today)
            seen.append(standing)
            if not rules.may_end(ground, standing):
                continue
            assert standing != "cancelled"
            earliest = rules.earliest_effect(ground.kind, VALIDITY, ends, today)
            assert ground.kind == "annulled" or earliest >= today
            assert all(earliest >= end.effective_on for end in ends)
            ends.append(Ended(ground.kind, earliest))
        assert len(ends) <= 2
        assert [end.kind for end in ends[1:]] == ["cancelled"][: len(ends[1:])]
        first_over = next((at for at, each in enumerate(seen) if each != "in_force"), len(seen))
        assert "in_force" not in seen[first_over:]


class TestEffectArticles69And70:
    TODAY = date(2026, 11, 26)

    def test_an_annulment_may_reach_back_to_the_first_day_and_nothing_else_looks_back(self) -> None:
        earliest = {kind: rules.earliest_effect(kind, VALIDITY, [], self.TODAY) for kind in get_args(Kind)}
        assert earliest == {
            "annulled": FIRST,
            "withdrawn": self.TODAY,
            "revoked": self.TODAY,
            "cancelled": self.TODAY,
        }

    def test_a_cancellation_does_not_come_before_a_withdrawal_that_is_still_ahead(self) -> None:
        ahead = [Ended("withdrawn", date(2027, 1, 1))]
        assert rules.earliest_effect("cancelled", VALIDITY, ahead, self.TODAY) == date(2027, 1, 1)

    @pytest.mark.parametrize(
        ("day", "code"),
        [
            (date(2026, 11, 25), ["effect_too_early"]),
            (date(2026, 11, 26), []),
            (LAST, []),
            (date(2030, 1, 1), ["effect_too_late"]),
        ],
    )
    def test_it_ends_within_its_validity_and_not_in_the_past(self, day: date, code: list[str]) -> None:
        found = Findings()
        rules.check_effect(found, day, earliest=self.TODAY, latest=rules.latest_effect("in_force", VALIDITY))
        assert [error.code for error in found.errors] == code
        assert {error.pointer for error in found.errors} <= {"/effective_on"}

    def test_duties_of_the_past_stay_although_an_annulment_reaches_back(self) -> None:
        assert rules.duties_until(FIRST, self.TODAY) == date(2026, 11, 25)
        assert rules.duties_until(date(2027, 3, 1), self.TODAY) == date(2027, 2, 28)


class TestBarArticles40And41:
    @pytest.mark.parametrize(
        ("decided", "last"),
        [
            (date(2026, 11, 26), date(2029, 11, 25)),
            (date(2024, 2, 29), date(2027, 2, 28)),
            (date(2025, 3, 1), date(2028, 2, 29)),
        ],
    )
    @pytest.mark.parametrize("name", ["deceit", "forged_or_transferred"])
    def test_deceit_and_forgery_bar_for_three_years(self, name: str, decided: date, last: date) -> None:
        assert rules.barred_by(grounds().by_name[name], decided) == rules.Barred(decided, last)

    def test_nothing_else_bars(self) -> None:
        bars = {each.name for each in grounds().by_name.values() if rules.barred_by(each, FIRST)}
        assert bars == {"deceit", "forged_or_transferred"}

    @given(DAYS)
    def test_the_day_after_the_bar_is_three_years_on(self, decided: date) -> None:
        barred = rules.barred_by(grounds().by_name["deceit"], decided)
        assert barred is not None
        following = barred.until + timedelta(days=1)
        assert following.year == decided.year + 3
        assert following >= decided + timedelta(days=3 * 365)


class TestHearingAdministrativePenaltyLawArticles63And64:
    def test_five_working_days_for_a_revocation(self) -> None:
        calendar = working_calendar()
        until = rules.hearing_until("revoked", date(2026, 9, 25), working_days=5, calendar=calendar)
        assert until is not None
        # 25-27 September and 1-7 October are off, 20 September and 10 October are worked
        assert until.on == date(2026, 10, 9)

    @pytest.mark.parametrize("kind", ["annulled", "withdrawn", "cancelled"])
    def test_none_for_the_others(self, kind: Kind) -> None:
        assert rules.hearing_until(kind, FIRST, working_days=5, calendar=working_calendar()) is None


class TestGrounds:
    def test_a_cancellation_names_what_it_rests_on(self) -> None:
        by_name = grounds().by_name
        assert by_name["expired_not_renewed"].after == {"expired"}
        assert by_name["ended_before"].after == {"annulled", "withdrawn", "revoked"}
        assert by_name["deceit"].article == "排污许可管理条例 第四十条"
        assert by_name["forged_or_transferred"].article == "排污许可管理条例 第四十一条"

    def test_a_ground_serves_its_own_kind_from_the_day_it_is_law(self) -> None:
        assert grounds().of("annulled", "deceit", date(2021, 3, 1)) is not None
        assert grounds().of("annulled", "deceit", date(2021, 2, 28)) is None
        assert grounds().of("revoked", "deceit", date(2026, 1, 1)) is None
        assert grounds().of("annulled", "whim", date(2026, 1, 1)) is None

    @pytest.mark.parametrize(
        "change",
        [
            ('kind = "withdrawn"\narticle', 'kind = "pardoned"\narticle'),
            ('after = ["in_force"]', 'after = ["cancelled"]'),
            ('name = "procedure"', 'name = "deceit"'),
            ("hearing_working_days = 5", "hearing_working_days = -1"),
        ],
    )
    def test_a_table_that_would_open_what_the_machine_does_not_is_refused(
        self, tmp_path: Path, change: tuple[str, str]
    ) -> None:
        path = tmp_path / "endings.toml"
        path.write_text(PATH.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
        with pytest.raises(GroundsInvalid):
            load(path)

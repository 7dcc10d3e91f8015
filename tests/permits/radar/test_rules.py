"""What the bureau watches: renewals and gaps, coverage, completed reports."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.radar import rules
from services.permits.radar.rules import Renewal, Tally
from services.permits.radar.targets import PATH, TargetsInvalid, load, targets

LAST = date(2029, 12, 31)
APPLY_BY = date(2029, 11, 1)
DAYS = st.dates(date(2029, 1, 1), date(2031, 1, 1))


class TestStageArticle14:
    @pytest.mark.parametrize(
        ("today", "stage"),
        [
            (APPLY_BY - timedelta(days=1), "ahead"),
            (APPLY_BY, "ahead"),
            (APPLY_BY + timedelta(days=1), "past_application_day"),
            (LAST, "past_application_day"),
            (LAST + timedelta(days=1), "expired"),
        ],
    )
    def test_a_renewal_is_applied_for_sixty_days_before_the_end(self, today: date, stage: str) -> None:
        assert rules.apply_by(LAST) == APPLY_BY
        assert rules.stage(LAST, today) == stage

    @given(DAYS, DAYS)
    def test_a_permit_never_goes_back_on_its_way(self, one: date, other: date) -> None:
        order = ("ahead", "past_application_day", "expired")
        before, after = sorted((one, other))
        assert order.index(rules.stage(LAST, before)) <= order.index(rules.stage(LAST, after))


class TestGapArticle50AndArticle33:
    EXPIRED = LAST + timedelta(days=1)

    def test_there_is_none_while_it_holds(self) -> None:
        assert rules.gap(LAST, None, LAST) is None

    @pytest.mark.parametrize(
        ("renewal", "gap"),
        [
            (None, "unlawful"),
            (Renewal(APPLY_BY, pending=True), "lawful"),
            (Renewal(APPLY_BY + timedelta(days=1), pending=True), "unlawful"),
            (Renewal(APPLY_BY, pending=False), "unlawful"),
        ],
    )
    def test_it_is_lawful_where_a_renewal_was_applied_for_in_time_and_waits(
        self, renewal: Renewal | None, gap: str
    ) -> None:
        assert rules.gap(LAST, renewal, self.EXPIRED) == gap

    @given(today=DAYS, applied=DAYS, pending=st.booleans())
    def test_a_gap_is_of_an_expired_permit_only(self, today: date, applied: date, *, pending: bool) -> None:
        gap = rules.gap(LAST, Renewal(applied, pending), today)
        assert (gap is None) == (rules.stage(LAST, today) != "expired")


class TestOutcomeArticle22AndArticle37:
    @pytest.mark.parametrize(
        ("reported_on", "today", "outcome"),
        [
            (LAST, LAST + timedelta(days=9), "in_time"),
            (LAST + timedelta(days=1), LAST + timedelta(days=9), "late"),
            (None, LAST, "not_due"),
            (None, LAST + timedelta(days=1), "missing"),
        ],
    )
    def test_the_due_day_is_the_last_in_time(
        self, reported_on: date | None, today: date, outcome: str
    ) -> None:
        assert rules.outcome(LAST, reported_on, today) == outcome


class TestTargets:
    def test_the_plan_tells_of_35_permits_and_110_registrations_by_the_end_of_2020(self) -> None:
        (target,) = targets()
        assert (target.permits, target.registrations, target.on) == (35, 110, date(2020, 12, 31))
        assert rules.target_on(targets(), date(2020, 12, 30)) is None
        assert rules.target_on(targets(), date(2026, 1, 1)) == target

    def test_targets_that_make_no_sense_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "targets.toml"
        path.write_text(PATH.read_text(encoding="utf-8").replace("35\n", "-1\n"), encoding="utf-8")
        with pytest.raises(TargetsInvalid):
            load(path)


class TestShares:
    def test_of_nothing_there_is_no_share(self) -> None:
        assert rules.share(0, 0) is None
        assert Tally(0, 0, 0, 7).due == 0

    @given(st.integers(0, 500), st.integers(0, 500))
    def test_it_lies_between_nothing_and_all(self, part: int, rest: int) -> None:
        share = rules.share(part, part + rest)
        assert share is None or Decimal(0) <= share <= Decimal(1)
        if rest == 0 and part:
            assert share == 1

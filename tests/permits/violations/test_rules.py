"""Violations: penalty bands (排污许可管理条例 art. 34-37), severity (configuration) and how they end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.violations import configuration
from services.permits.violations.rules import (
    TRANSITIONS,
    Kind,
    State,
    Step,
    after,
    check_sampled,
    chronic,
    months_of,
    penalty_on,
    severe_delay,
    severe_value,
    stands_again,
)

SHIPPED = configuration.load(configuration.SHIPPED)
DAY = date(2026, 4, 15)


class TestPenalties:
    @pytest.mark.parametrize(
        ("kind", "article", "band", "each_time"),
        [
            ("numeric", "第三十四条", (200_000, 1_000_000), False),
            ("special_period", "第三十五条", (50_000, 200_000), False),
            ("wrong_outlet", "第三十六条", (20_000, 200_000), False),
            ("frequency", "第三十六条", (20_000, 200_000), False),
            ("undisclosed", "第三十六条", (20_000, 200_000), False),
            ("non_receipt", "第三十七条", (5_000, 20_000), True),
        ],
    )
    def test_each_article_has_its_band(
        self, kind: str, article: str, band: tuple[int, int], each_time: bool
    ) -> None:
        found = penalty_on(SHIPPED.penalties, kind, DAY)
        assert found is not None
        assert found.article == f"排污许可管理条例 {article}"
        assert ((found.min_yuan, found.max_yuan), found.each_time) == (band, each_time)

    def test_every_kind_of_violation_has_one(self) -> None:
        assert all(penalty_on(SHIPPED.penalties, kind, DAY) for kind in Kind)

    def test_before_the_regulation_there_was_no_band(self) -> None:
        assert penalty_on(SHIPPED.penalties, "numeric", date(2021, 2, 28)) is None
        assert penalty_on(SHIPPED.penalties, "numeric", date(2021, 3, 1)) is not None

    @pytest.mark.parametrize("text", ["=", "[severity]\nlate_days = -1", 'penalty = "much"'])
    def test_a_file_that_cannot_be_used_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "violations.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(configuration.ViolationsFileError):
            configuration.load(path)


class TestSeverity40Cfr123From45Memory:
    @pytest.mark.parametrize(
        ("pollutant", "value", "severe"),
        [
            ("w01018", "70", True),
            ("w01018", "69.99", False),
            ("w20117", "60", True),
            ("w20117", "59.9", False),
        ],
    )
    def test_1_4_times_the_limit_or_1_2_times_of_a_toxic_pollutant(
        self, pollutant: str, value: str, severe: bool
    ) -> None:
        assert severe_value(SHIPPED.severity, pollutant, value=Decimal(value), limit=Decimal(50)) is severe

    @pytest.mark.parametrize(("value", "severe"), [("5.5", False), ("4", True), ("0", True)])
    def test_far_below_a_lower_bound_is_severe_too(self, value: str, severe: bool) -> None:
        assert severe_value(SHIPPED.severity, "w01001", value=Decimal(value), limit=Decimal(6)) is severe

    @pytest.mark.parametrize(("days", "severe"), [(30, False), (31, True)])
    def test_a_report_more_than_30_days_late(self, days: int, severe: bool) -> None:
        assert severe_delay(SHIPPED.severity, days) is severe

    def test_four_of_six_months_are_chronic(self) -> None:
        until = date(2026, 6, 30)
        four = [(2026, 1), (2026, 3), (2026, 4), (2026, 6)]
        assert chronic(SHIPPED.severity, four, until=until)
        assert not chronic(SHIPPED.severity, four[1:], until=until)
        assert not chronic(SHIPPED.severity, [(2025, 12), *four[1:]], until=until)

    def test_a_quarter_counts_as_its_months_so_two_in_a_row_are_chronic_and_one_is_not(self) -> None:
        first, second = (
            months_of(date(2026, 1, 1), date(2026, 3, 31)),
            months_of(date(2026, 4, 1), date(2026, 6, 30)),
        )
        assert first == {(2026, 1), (2026, 2), (2026, 3)}
        assert chronic(SHIPPED.severity, first | second, until=date(2026, 6, 30))
        assert not chronic(SHIPPED.severity, second, until=date(2026, 6, 30))

    def test_months_run_over_the_year(self) -> None:
        assert months_of(date(2025, 12, 31), date(2026, 1, 1)) == {(2025, 12), (2026, 1)}


class TestWhatAnInspectorFinds:
    @pytest.mark.parametrize(
        ("kind", "outlet", "codes"),
        [
            (Kind.FREQUENCY, "DA001", []),
            (Kind.FREQUENCY, None, []),
            (Kind.FREQUENCY, "DA009", ["outlet_not_permitted"]),
            (Kind.WRONG_OUTLET, "DA009", []),
        ],
    )
    def test_article_19_samples_are_missing_at_an_outlet_that_the_permit_has(
        self, kind: Kind, outlet: str | None, codes: list[str]
    ) -> None:
        found = Findings()
        check_sampled(found, kind=kind, outlet_code=outlet, outlets={"DA001", "DW001"})
        assert [(each.code, each.pointer) for each in found.errors] == [
            (code, "/outlet_code") for code in codes
        ]
        assert all(each.article == "排污许可管理条例 第十九条、第三十六条第五项" for each in found.errors)


class TestStates:
    @given(st.lists(st.sampled_from(list(Step)), max_size=12))
    def test_nothing_is_dismissed_that_was_not_proposed_and_left_proposed_until_then(
        self, steps: list[Step]
    ) -> None:
        standing, proposed = (State.OPEN, False), False
        for step in steps:
            following = after(standing, step)
            if following is None:
                continue
            if step is Step.DISMISS:
                assert proposed
            proposed = {Step.PROPOSE: True, Step.KEEP: False, Step.DISMISS: False}.get(step, proposed)
            standing = following
            assert standing[1] == proposed
        assert standing != (State.DISMISSED, True)

    def test_what_is_dismissed_only_comes_back_by_new_figures(self) -> None:
        steps = {step for state, _, step in TRANSITIONS if state is State.DISMISSED}
        assert steps == {Step.REOPEN, Step.CHANGE}
        assert after((State.DISMISSED, False), Step.CHANGE) == (State.DISMISSED, False)

    @pytest.mark.parametrize("resolution", ["confirmed", "dismissed"])
    def test_article_36_stands_again_by_a_record_that_came_after_the_decision(self, resolution: str) -> None:
        closed = datetime(2025, 6, 3, 4, tzinfo=UTC)
        assert not stands_again(resolution, entered=closed, closed=closed)
        assert stands_again(resolution, entered=closed + timedelta(seconds=1), closed=closed)
        assert stands_again("corrected", entered=closed - timedelta(days=9), closed=closed)

    def test_only_what_is_open_is_resolved(self) -> None:
        assert {state for state, _, step in TRANSITIONS if step is Step.RESOLVE} == {State.OPEN}

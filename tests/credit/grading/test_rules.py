"""Scores and grades by the rule pack that is shipped (江苏 12分制), each rule under the name of what it says."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.credit.grading.pack_file import read_pack, shipped
from services.credit.grading.rules import Entry, Standing, grade_of, judge, score, standing_on
from services.kit.canonical import document_digest

DOCUMENT = shipped("jiangsu-2020") or {}
PACK = read_pack(DOCUMENT)
DAY = date(2026, 6, 15)


def entry(index: int, clause: str | None, decided: date, *, kind: str = "violation") -> Entry:
    judged = judge(PACK, clause=clause, decision_date=decided)
    return Entry(index, kind, clause, judged.points, judged.effective_from, judged.effective_to)


_entries = st.lists(
    st.builds(
        lambda clause, days: (clause, DAY - timedelta(days=days)),
        st.sampled_from([None, *PACK.clauses]),
        st.integers(-30, 1500),
    ),
    max_size=12,
).map(lambda rows: [entry(index, clause, decided) for index, (clause, decided) in enumerate(rows)])


class TestScale:
    def test_whoever_has_no_record_starts_with_nine_points_and_is_blue(self) -> None:
        found = score(PACK, [], DAY)
        assert (found.value, found.band.code) == (Decimal(9), "blue")

    @pytest.mark.parametrize(
        ("points", "grade"),
        [
            ("12", "green"),
            ("11", "green"),
            ("10.9", "blue"),
            ("10", "blue"),
            ("6", "blue"),
            ("5", "yellow"),
            ("3", "yellow"),
            ("2", "red"),
            ("1", "red"),
            ("0.5", "black"),
            ("0", "black"),
            ("-12", "black"),
        ],
    )
    def test_green_11_to_12_blue_6_to_10_yellow_3_to_5_red_1_to_2_black_from_0(
        self, points: str, grade: str
    ) -> None:
        assert grade_of(PACK.bands, Decimal(points)).code == grade

    def test_nobody_has_more_than_twelve_points(self) -> None:
        found = score(PACK, [entry(index, "clean_two_years", date(2026, 5, 1)) for index in range(5)], DAY)
        assert (found.raw, found.value) == (Decimal(19), Decimal(12))


class TestClauses:
    def test_a_warning_or_an_order_takes_one_point(self) -> None:
        assert score(PACK, [entry(0, "warning_or_order", date(2026, 5, 1))], DAY).value == Decimal(8)

    def test_air_over_the_standard_with_order_and_fine_takes_three_points_for_half_a_year(self) -> None:
        one = entry(0, "air_exceedance_fined", date(2026, 1, 10))
        assert (one.effective_from, one.effective_to) == (date(2026, 1, 25), date(2026, 7, 24))
        assert score(PACK, [one], date(2026, 7, 24)).value == Decimal(6)
        assert score(PACK, [one], date(2026, 7, 25)).value == Decimal(9)

    def test_an_environmental_crime_takes_twelve_points_and_makes_black(self) -> None:
        assert score(PACK, [entry(0, "environmental_crime", date(2026, 5, 1))], DAY).band.code == "black"

    def test_points_count_from_the_fifteenth_day_after_the_decision(self) -> None:
        one = entry(0, "warning_or_order", date(2026, 6, 1))
        assert standing_on(one, date(2026, 6, 15)) is Standing.NOT_YET
        assert standing_on(one, date(2026, 6, 16)) is Standing.COUNTS

    def test_a_record_without_a_clause_counts_nothing_and_does_not_end(self) -> None:
        one = entry(0, None, date(2020, 1, 1), kind="compliance")
        assert (one.points, one.effective_to) == (Decimal(0), None)
        assert standing_on(one, DAY) is Standing.COUNTS

    def test_half_a_year_from_the_end_of_august_ends_in_february(self) -> None:
        assert entry(0, "warning_or_order", date(2026, 8, 16)).effective_to == date(2027, 2, 27)


class TestScore:
    @given(_entries, st.randoms(use_true_random=False))
    def test_the_order_of_entries_makes_no_difference(self, entries: list[Entry], rng: random.Random) -> None:
        shuffled = [*entries]
        rng.shuffle(shuffled)
        assert score(PACK, shuffled, DAY) == score(PACK, entries, DAY)

    @given(_entries)
    def test_the_score_is_start_plus_what_counts_at_most_the_maximum(self, entries: list[Entry]) -> None:
        found = score(PACK, entries, DAY)
        counted = [entries[index].points for index in found.counted]
        assert found.value == min(Decimal(12), Decimal(9) + sum(counted, Decimal(0)))
        assert len(found.lines) == len(entries)

    @given(_entries)
    def test_one_more_violation_never_gives_a_better_grade(self, entries: list[Entry]) -> None:
        order = [band.code for band in PACK.bands]
        before = score(PACK, entries, DAY)
        more = [*entries, entry(len(entries), "warning_or_order", DAY - timedelta(days=20))]
        after = score(PACK, more, DAY)
        assert after.value <= before.value
        assert order.index(after.band.code) >= order.index(before.band.code)

    @given(_entries, st.integers(0, 2000))
    def test_what_counts_on_a_day_is_decided_by_its_first_and_last_day(
        self, entries: list[Entry], days: int
    ) -> None:
        day = DAY + timedelta(days=days)
        for line in score(PACK, entries, day).lines:
            inside = line.entry.effective_from <= day <= (line.entry.effective_to or date.max)
            assert (line.standing is Standing.COUNTS) == inside


class TestPack:
    def test_the_rule_hash_is_the_digest_of_the_whole_document(self) -> None:
        assert PACK.digest == document_digest(DOCUMENT)
        changed = {**DOCUMENT, "scale": {**DOCUMENT["scale"], "start": "10"}}
        assert read_pack(changed).digest != PACK.digest

    def test_a_number_that_was_not_read_in_the_rule_says_so(self) -> None:
        verified = {clause["code"]: clause["verified"] for clause in DOCUMENT["clauses"]}
        assert verified["air_exceedance_fined"] == {"points": True, "valid_months": True}
        assert verified["warning_or_order"] == {"points": True, "valid_months": False}
        assert DOCUMENT["scale"]["verified"] is True

    def test_a_pack_holds_from_its_first_to_its_last_day(self) -> None:
        assert not PACK.in_force_on(date(2019, 12, 31))
        assert PACK.in_force_on(date(2020, 1, 1))
        ended = replace(PACK, valid_to=date(2026, 1, 1))
        assert ended.in_force_on(date(2026, 1, 1))
        assert not ended.in_force_on(date(2026, 1, 2))

    @pytest.mark.parametrize(
        "changes",
        [
            {"grades": DOCUMENT["grades"][:-1]},
            {"grades": [*reversed(DOCUMENT["grades"][:-1]), DOCUMENT["grades"][-1]]},
            {"clauses": [*DOCUMENT["clauses"], DOCUMENT["clauses"][0]]},
            {"scale": {"start": 9.0, "maximum": "12", "verified": True}},
            {"surprise": 1},
            {"format": 2},
        ],
    )
    def test_a_pack_that_breaks_its_form_is_refused(self, changes: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            read_pack({**DOCUMENT, **changes})

    def test_there_is_no_pack_of_another_name(self) -> None:
        assert shipped("../jiangsu-2020") is None

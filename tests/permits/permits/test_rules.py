"""What a permit must satisfy (排污许可管理条例 art. 14, HJ 608-2017)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.permits import rules

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
ART_14 = "排污许可管理条例 第十四条"


def validity(**days: str) -> list[tuple[str, str, str | None]]:
    """What `check_validity` finds: pointer, code and article of each."""
    given_days = {"valid_from": "2025-01-01", "valid_to": "2029-12-31", "issued_on": "2024-12-20", **days}
    found = Findings()
    rules.check_validity(found, **{name: date.fromisoformat(day) for name, day in given_days.items()})
    return [(error.pointer, error.code, error.article) for error in found.errors]


class TestLastValidDayArticle14:
    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("2025-01-01", "2029-12-31"),
            ("2025-06-16", "2030-06-15"),
            ("2020-03-01", "2025-02-28"),
            ("2019-03-01", "2024-02-29"),
            ("2024-02-29", "2029-02-28"),
        ],
    )
    def test_five_years_end_the_day_before_the_anniversary(self, first: str, last: str) -> None:
        assert rules.last_valid_day(date.fromisoformat(first)) == date.fromisoformat(last)

    @given(DAYS)
    def test_the_day_after_the_last_is_the_anniversary_or_the_first_of_march(self, first: date) -> None:
        following = rules.last_valid_day(first) + timedelta(days=1)
        assert following.year == first.year + 5
        expected = (3, 1) if (first.month, first.day) == (2, 29) else (first.month, first.day)
        assert (following.month, following.day) == expected


class TestCheckIssuedArticle14:
    def issued(self, day: str) -> list[tuple[str, str, str | None]]:
        found = Findings()
        rules.check_issued(found, issued_on=date.fromisoformat(day), today=date(2025, 6, 1))
        return [(error.pointer, error.code, error.article) for error in found.errors]

    def test_a_permit_that_is_issued_tomorrow_is_not_entered_today(self) -> None:
        assert self.issued("2025-06-01") == []
        assert self.issued("2025-06-02") == [("/issued_on", "issued_in_future", ART_14)]


class TestCheckBeginArticle14:
    def begun(self, valid_from: str, issued_on: str) -> list[tuple[str, str, str | None]]:
        found = Findings()
        first, issued = map(date.fromisoformat, (valid_from, issued_on))
        rules.check_begin(found, valid_from=first, issued_on=issued)
        return [(error.pointer, error.code, error.article) for error in found.errors]

    def test_a_term_begins_within_a_year_of_its_issue(self) -> None:
        assert self.begun("2026-06-02", "2025-06-01") == []
        assert self.begun("2026-06-03", "2025-06-01") == [("/valid_from", "begins_too_late", ART_14)]

    def test_one_that_was_issued_after_its_term_began_is_as_it_was(self) -> None:
        assert self.begun("2020-01-01", "2024-12-20") == []


class TestCheckValidityArticle14:
    def test_five_full_years_pass(self) -> None:
        assert validity() == []

    def test_one_day_more_than_five_years_is_refused_at_valid_to(self) -> None:
        assert validity(valid_to="2030-01-01") == [("/valid_to", "validity_too_long", ART_14)]

    def test_one_day_is_a_validity(self) -> None:
        assert validity(valid_to="2025-01-01") == []

    def test_an_end_before_the_beginning_is_refused(self) -> None:
        assert validity(valid_to="2024-12-31") == [("/valid_to", "validity_reversed", ART_14)]

    def test_issued_on_the_last_day_passes_and_a_day_later_does_not(self) -> None:
        assert validity(issued_on="2029-12-31") == []
        assert validity(issued_on="2030-01-01") == [("/issued_on", "issued_after_end", ART_14)]

    def test_both_faults_are_named_at_once(self) -> None:
        codes = {code for _, code, _ in validity(valid_to="2024-06-30", issued_on="2024-12-20")}
        assert codes == {"validity_reversed", "issued_after_end"}

    @given(first=DAYS, length=st.integers(-400, 3000))
    def test_exactly_the_lengths_up_to_five_years_pass(self, first: date, length: int) -> None:
        last = first + timedelta(days=length)
        found = Findings()
        rules.check_validity(found, valid_from=first, valid_to=last, issued_on=first - timedelta(days=3000))
        assert (found.errors == []) == (first <= last <= rules.last_valid_day(first))


class TestCheckOrderArticle14:
    @pytest.mark.parametrize(
        ("last", "refused"), [(None, False), ("2025-01-01", False), ("2024-12-31", True)]
    )
    def test_a_limit_does_not_end_before_it_begins(self, last: str | None, refused: bool) -> None:
        found = Findings()
        rules.check_order(
            found,
            "/outlets/0/limits/2/valid_to",
            valid_from=date(2025, 1, 1),
            valid_to=date.fromisoformat(last) if last else None,
        )
        assert [error.code for error in found.errors] == ["validity_reversed"] * refused
        assert all(error.rests_on == ("/outlets/0/limits/2/valid_from",) for error in found.errors)


class TestCheckOutletHj608:
    @pytest.mark.parametrize("code", ["DA001", "DW001"])
    @pytest.mark.parametrize("medium", ["air", "water"])
    def test_da_is_to_air_and_dw_is_to_water(self, code: str, medium: str) -> None:
        found = Findings()
        rules.check_outlet(found, 3, code=code, medium=medium)
        agrees = {"DA": "air", "DW": "water"}[code[:2]] == medium
        assert [(error.pointer, error.code, error.article) for error in found.errors] == (
            [] if agrees else [("/outlets/3/medium", "medium_mismatch", "HJ 608-2017")]
        )


class TestCheckUnique:
    @given(st.lists(st.integers(0, 5), max_size=12))
    def test_every_repetition_is_named_where_it_stands(self, keys: list[int]) -> None:
        found = Findings()
        rules.check_unique(
            found, "/outlets/{}/code", keys=keys, code="twice", text=Text(zh="重复", en="twice")
        )
        repeated = [index for index, key in enumerate(keys) if key in keys[:index]]
        assert [error.pointer for error in found.errors] == [f"/outlets/{index}/code" for index in repeated]


class TestLimitFact:
    @pytest.mark.parametrize(
        ("day", "last", "holds"),
        [
            ("2024-12-31", None, False),
            ("2025-01-01", None, True),
            ("2099-01-01", None, True),
            ("2025-06-30", "2025-06-30", True),
            ("2025-07-01", "2025-06-30", False),
        ],
    )
    def test_a_limit_holds_from_its_first_to_its_last_day_both_included(
        self, day: str, last: str | None, holds: bool
    ) -> None:
        limit = rules.LimitFact(
            outlet_code="DA001",
            pollutant_code="a21026",
            kind="hourly_concentration",
            value=Decimal(300),
            unit="mg/m3",
            valid_from=date(2025, 1, 1),
            valid_to=date.fromisoformat(last) if last else None,
        )
        assert limit.holds_on(date.fromisoformat(day)) is holds

    @given(
        st.decimals("0.01", 1000, places=2),
        st.none() | st.decimals("0.01", 1000, places=2),
    )
    def test_a_promise_binds_where_it_is_stricter_and_never_loosens(
        self, value: Decimal, promised: Decimal | None
    ) -> None:
        limit = rules.LimitFact(
            "DA001",
            "a21026",
            "hourly_concentration",
            value,
            "mg/m3",
            date(2025, 1, 1),
            None,
            promised_value=promised,
        )
        assert limit.strictest == min(each for each in (value, promised) if each is not None)

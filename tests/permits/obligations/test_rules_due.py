"""By when a report is due: the permit's own day, or a later one that a notice grants."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.obligations import overrides, rules
from services.permits.obligations.rules_due import MONTHS_OF, Override, check_override, settled
from tests.permits.obligations.permits_made import DAYS, day, version

YEAR = day("2026-12-31")
OWN = (day("2027-01-31"), "the permit")


def notice(due_on: str, *codes: str, noticed_on: str = "2027-01-05", **changes: object) -> Override:
    given = {"kind": "annual", "period_end": YEAR, "industry_codes": codes, "source": due_on, **changes}
    return Override(due_on=day(due_on), noticed_on=day(noticed_on), **given)  # type: ignore[arg-type]


def due(*notices: Override, industry: str = "4430") -> str:
    return settled(OWN, notices, kind="annual", period_end=YEAR, industry_code=industry)[0].isoformat()


class TestNoticesOnDueDays:
    def test_without_one_the_day_that_the_permit_names_counts(self) -> None:
        assert settled(OWN, [], kind="annual", period_end=YEAR, industry_code="4430") == OWN

    def test_a_notice_grants_a_later_day_and_is_the_reason(self) -> None:
        found = settled(OWN, [notice("2027-02-28")], kind="annual", period_end=YEAR, industry_code="4430")
        assert found == (day("2027-02-28"), "2027-02-28")

    def test_it_takes_nothing_from_what_the_permit_grants(self) -> None:
        assert due(notice("2027-01-15")) == "2027-01-31"

    def test_one_for_the_industry_counts_more_than_one_for_all(self) -> None:
        two = (notice("2027-02-28", noticed_on="2027-01-20"), notice("2027-02-10", "44", "4411"))
        assert due(*two) == "2027-02-10"
        assert due(*two, industry="4411") == "2027-02-10"
        assert due(*two, industry="3011") == "2027-02-28"

    def test_the_closer_name_of_an_industry_counts_more(self) -> None:
        assert due(notice("2027-02-28", "44"), notice("2027-02-10", "443")) == "2027-02-10"

    def test_of_two_alike_the_newer_counts_and_of_one_day_the_one_added_last(self) -> None:
        older, newer = (
            notice("2027-03-31", noticed_on="2027-01-05"),
            notice("2027-02-28", noticed_on="2027-01-06"),
        )
        assert due(newer, older) == "2027-02-28"
        assert due(notice("2027-03-31"), notice("2027-02-28")) == "2027-02-28"

    def test_other_kinds_and_periods_are_not_meant(self) -> None:
        assert due(
            notice("2027-02-28", kind="quarterly"), notice("2028-02-28", period_end=day("2027-12-31"))
        ) == ("2027-01-31")

    @given(st.lists(st.tuples(DAYS, st.sampled_from([(), ("44",), ("30",)]), DAYS), max_size=6), DAYS)
    def test_no_day_ever_comes_before_the_permits_own(
        self, given_ones: list[tuple[date, tuple[str, ...], date]], own: date
    ) -> None:
        notices = [Override("annual", YEAR, codes, due_on, "x", on) for due_on, codes, on in given_ones]
        found, why = settled((own, "own"), notices, kind="annual", period_end=YEAR, industry_code="4430")
        assert found >= own
        assert (found == own) == (why == "own")


class TestNoticesThatShip:
    @pytest.mark.parametrize(
        ("year", "industry", "due_on"),
        [
            (2023, "4411", "2024-02-29"),
            (2023, "3011", "2024-02-29"),
            (2024, "4411", "2025-01-31"),
            (2024, "4430", "2025-02-28"),
            (2025, "4430", "2026-01-31"),
        ],
    )
    def test_annual_reports_of_2023_and_2024(self, year: int, industry: str, due_on: str) -> None:
        known = [overrides.fact(each) for each in overrides.shipped()]
        own = (date(year + 1, 1, 15 if industry == "4411" else 31), "own")
        found, _ = settled(own, known, kind="annual", period_end=date(year, 12, 31), industry_code=industry)
        assert found == day(due_on)

    def test_each_is_about_a_period_that_there_is(self) -> None:
        found = Findings()
        for each in overrides.shipped():
            check_override(found, kind=each.kind, period_end=each.period_end, due_on=each.due_on)
        assert found.errors == []

    def test_a_permit_takes_them(self) -> None:
        known = [overrides.fact(each) for each in overrides.shipped()]
        held = rules.holdings([version("2023-01-01", "2024-12-31")])
        found = [duty for duty in rules.duties_of(held, overrides=known) if duty.kind == "annual"]
        assert [duty.due_on.isoformat() for duty in found] == ["2024-02-29", "2025-02-28"]
        assert "2023年度执行报告" in found[0].due_basis


class TestCheckOverride:
    @pytest.mark.parametrize(
        ("kind", "end", "due_on", "codes"),
        [
            ("annual", "2026-12-31", "2027-02-28", []),
            ("annual", "2026-06-30", "2027-02-28", ["not_a_period_end"]),
            ("half_yearly", "2026-06-30", "2026-07-31", []),
            ("quarterly", "2026-09-30", "2026-10-15", []),
            ("quarterly", "2026-10-31", "2026-11-15", ["not_a_period_end"]),
            ("monthly", "2024-02-29", "2024-03-15", []),
            ("monthly", "2024-02-28", "2024-03-15", ["not_a_period_end"]),
            ("annual", "2026-12-31", "2026-12-31", ["due_before_period_end"]),
            ("annual", "2026-12-30", "2026-12-30", ["not_a_period_end", "due_before_period_end"]),
        ],
    )
    def test_it_names_the_end_of_a_period_and_a_day_after_it(
        self, kind: str, end: str, due_on: str, codes: list[str]
    ) -> None:
        found = Findings()
        check_override(found, kind=kind, period_end=day(end), due_on=day(due_on))
        assert [error.code for error in found.errors] == codes

    @given(DAYS, st.sampled_from(sorted(MONTHS_OF)))
    def test_exactly_the_ends_of_periods_are_taken(self, end: date, kind: str) -> None:
        found = Findings()
        check_override(found, kind=kind, period_end=end, due_on=date.max)
        assert (found.errors == []) == (end in {last for _, last in rules.periods(kind, end, end)})

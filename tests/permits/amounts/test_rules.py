"""Amounts that an inspector can check with a pocket calculator (环境保护税法 art. 10, 排污许可管理条例 art. 21)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.amounts.rules import (
    Balance,
    Coefficient,
    Inputs,
    Point,
    amount,
    check_inputs,
    deviation,
)


def point(concentration: str, flow: str, count: str = "1", *, substituted: bool = False) -> Point:
    return Point(Decimal(concentration), Decimal(flow), Decimal(count), substituted)


BALANCE = Balance(Decimal(1000), Decimal("0.005"), Decimal("0.85"), Decimal("0.9"))
COEFFICIENT = Coefficient(Decimal(2000), Decimal("1.5"), Decimal("0.5"))


def codes(inputs: Inputs) -> list[tuple[str, str]]:
    found = Findings()
    check_inputs(found, "", inputs)
    return [(error.pointer, error.code) for error in found.errors]


class TestMeasuredAnnexE:
    def test_1000_m3_a_day_for_365_days_at_50_mg_l_is_18_25_t(self) -> None:
        found = amount(Inputs(medium="water", manual=[point("50", "1000", "365")]))
        assert str(found.amount_t) == "18.25"
        assert [(each.text, str(each.result), each.unit) for each in found.chosen.steps] == [
            ("50 mg/L × 1000 m3/d × 365 d", "18250000", "g"),
            ("18250000 g × 10⁻⁶", "18.25", "t"),
        ]

    def test_100_000_m3_an_hour_for_8000_hours_at_50_mg_m3_is_40_t(self) -> None:
        found = amount(Inputs(medium="air", due=Decimal(8000), automatic=[point("50", "100000", "8000")]))
        assert (found.chosen.method, str(found.amount_t), found.missing) == ("automatic", "40", 0)

    @given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 10**6)), min_size=1, max_size=30))
    def test_hour_by_hour_or_equal_hours_together_it_is_the_same_sum(
        self, hours: list[tuple[int, int]]
    ) -> None:
        singly = amount(Inputs(medium="air", manual=[point(str(c), str(q)) for c, q in hours]))
        assert singly.amount_t == sum(Decimal(c) * q for c, q in hours) * Decimal("1e-9")
        assert sum(
            step.result for step in singly.chosen.steps if step.text[0].isdigit() and step.unit == "mg"
        ) == sum(Decimal(c) * q for c, q in hours)


class TestOrderArticle10:
    def test_automatic_comes_before_manual_before_balance_before_coefficient(self) -> None:
        everything = {
            "automatic": [point("50", "1000", "100")],
            "manual": [point("60", "1000", "100")],
            "balance": BALANCE,
            "coefficient": COEFFICIENT,
        }
        order = []
        for name in list(everything):
            order.append(amount(Inputs(medium="air", due=Decimal(100), **everything)).chosen.method)
            del everything[name]
        assert order == ["automatic", "manual", "balance", "coefficient"]

    @pytest.mark.parametrize(("measured", "method"), [("75", "automatic"), ("74.99", "manual")])
    def test_automatic_data_with_more_than_a_quarter_missing_do_not_serve(
        self, measured: str, method: str
    ) -> None:
        given_points = [point("50", "1000", measured), point("80", "1000", "25", substituted=True)]
        found = amount(
            Inputs(
                medium="air", due=Decimal(100), automatic=given_points, manual=[point("60", "1000", "100")]
            )
        )
        assert found.chosen.method == method
        assert found.automatic_unusable is (method == "manual")

    def test_what_stands_in_for_missing_data_counts_in_the_amount(self) -> None:
        given_points = [point("50", "1000", "90"), point("80", "1000", "10", substituted=True)]
        found = amount(Inputs(medium="air", due=Decimal(100), automatic=given_points))
        assert found.amount_t == Decimal("0.0053")

    def test_the_other_means_are_shown_beside_it(self) -> None:
        found = amount(Inputs(medium="air", manual=[point("60", "1000", "100")], coefficient=COEFFICIENT))
        assert [(each.method, str(each.amount_t)) for each in found.others] == [("coefficient", "1.5")]


class TestFactorsFromMemory:
    def test_so2_is_twice_the_sulphur_that_burns_and_is_not_caught(self) -> None:
        found = amount(Inputs(medium="air", balance=BALANCE))
        assert [str(each.result) for each in found.chosen.steps] == ["5", "8.5", "0.85"]

    def test_a_coefficient_is_kilograms_for_each_unit(self) -> None:
        found = amount(Inputs(medium="air", coefficient=COEFFICIENT))
        assert [str(each.result) for each in found.chosen.steps] == ["3000", "1500", "1.5"]


class TestAddedArticle21:
    def test_what_was_discharged_over_limits_is_added(self) -> None:
        found = amount(Inputs(medium="air", coefficient=COEFFICIENT, abnormal=[point("900", "100000", "5")]))
        assert found.added is not None
        assert (str(found.added.amount_t), str(found.amount_t)) == ("0.45", "1.95")


class TestCheckInputs:
    def test_nothing_to_work_with(self) -> None:
        assert codes(Inputs(medium="air")) == [("", "amount_without_data")]

    def test_automatic_data_alone_that_do_not_serve(self) -> None:
        found = codes(Inputs(medium="air", due=Decimal(100), automatic=[point("1", "1", "70")]))
        assert found == [("/automatic", "automatic_unusable")]

    def test_more_measured_than_due(self) -> None:
        found = codes(Inputs(medium="air", due=Decimal(100), automatic=[point("1", "1", "101")]))
        assert found == [("/automatic/due", "more_than_due")]

    @pytest.mark.parametrize(
        ("medium", "pollutant", "refused"),
        [("air", None, 0), ("air", "a21026", 0), ("air", "a21002", 1), ("water", None, 1)],
    )
    def test_the_balance_of_sulphur_gives_sulphur_dioxide_to_air_only(
        self, medium: str, pollutant: str | None, refused: int
    ) -> None:
        found = codes(Inputs(medium=medium, balance=BALANCE, pollutant=pollutant))
        assert found == [("/balance", "balance_not_of_sulphur")] * refused

    def test_shares_and_signs(self) -> None:
        wrong = Balance(Decimal(-1), Decimal("1.1"), Decimal("0.8"), Decimal("-0.1"))
        found = codes(Inputs(medium="air", balance=wrong, manual=[point("-1", "1")]))
        assert found == [
            ("/manual/0/concentration", "negative_value"),
            ("/balance/fuel_t", "negative_value"),
            ("/balance/sulphur", "share_out_of_range"),
            ("/balance/efficiency", "share_out_of_range"),
        ]


@pytest.mark.parametrize(
    ("stated", "computed", "share"),
    [
        ("18.25", "18.25", "0"),
        ("18.4325", "18.25", "0.01"),
        ("0", "0", "0"),
        ("1", "0", "1"),
        ("0", "2", "1"),
    ],
)
def test_how_far_a_stated_amount_is_from_the_one_worked_out(stated: str, computed: str, share: str) -> None:
    assert deviation(Decimal(stated), Decimal(computed)) == Decimal(share)

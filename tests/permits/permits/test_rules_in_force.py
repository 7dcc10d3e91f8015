"""Which limits hold on a day at an alert level (排污许可管理条例 art. 13(5), 13(7); 大气污染防治法 art. 96)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.permits.permits.rules import LimitFact
from services.permits.permits.rules_in_force import Holding, in_force
from services.permits.permits.rules_limits import ALERT_LEVELS

DAY = date(2026, 12, 3)


def fact(value: str = "300", **changes: Any) -> LimitFact:
    given_fact: dict[str, Any] = {
        "outlet_code": "DA001",
        "pollutant_code": "a21026",
        "kind": "hourly_concentration",
        "unit": "mg/m3",
        "valid_from": date(2025, 1, 1),
        "valid_to": None,
        "standard": "GB 13271-2014",
    }
    return LimitFact(**{**given_fact, "value": Decimal(value), **changes})


def seen(found: list[Holding]) -> list[tuple[str, str, bool]]:
    return [(each.ground, str(each.value), each.binding) for each in found]


def alert(level: str, value: str, **changes: Any) -> LimitFact:
    return fact(value, ground="heavy_pollution", alert_level=level, **changes)


FACTS = st.builds(
    lambda value, level, promised: fact(
        str(value),
        **({"ground": "heavy_pollution", "alert_level": level} if level else {"promised_value": promised}),
    ),
    st.decimals("1", 500, places=1),
    st.none() | st.sampled_from(ALERT_LEVELS),
    st.none() | st.decimals("0.1", 500, places=1),
)


class TestArticle13:
    def test_an_ordinary_day_has_the_permits_limit(self) -> None:
        assert seen(in_force([fact(), alert("yellow", "100")], day=DAY, level=None)) == [
            ("permit", "300", True)
        ]

    def test_a_promise_binds_and_the_limit_itself_is_shown_beside_it(self) -> None:
        found = in_force([fact(promised_value=Decimal(200))], day=DAY, level=None)
        assert seen(found) == [("permit", "300", False), ("stricter_promise", "200", True)]

    def test_a_plan_holds_on_its_days(self) -> None:
        plan = fact("35", ground="attainment_plan", valid_to=date(2026, 12, 3))
        assert seen(in_force([fact(), plan], day=DAY, level=None)) == [
            ("permit", "300", False),
            ("attainment_plan", "35", True),
        ]
        assert seen(in_force([fact(), plan], day=date(2026, 12, 4), level=None)) == [("permit", "300", True)]

    def test_each_says_why(self) -> None:
        limits = [fact(kind="annual_amount", unit="t/a", permit_year=2), alert("yellow", "100")]
        by_year, by_alert = in_force(limits, day=DAY, level="red")
        assert by_year.why.zh == "许可证规定的第2年限值，依据GB 13271-2014"
        assert by_alert.why.zh == "当日为重污染天气红色级别，黄色级别及以上适用，依据GB 13271-2014"


class TestArticle96:
    def test_a_level_and_those_below_it_hold_and_the_strictest_binds(self) -> None:
        limits = [fact(), alert("yellow", "200"), alert("orange", "250"), alert("red", "0", prohibited=True)]
        assert seen(in_force(limits, day=DAY, level="orange")) == [
            ("permit", "300", False),
            ("heavy_pollution", "200", True),
            ("heavy_pollution", "250", False),
        ]
        assert seen(in_force(limits, day=DAY, level="red"))[-1] == ("heavy_pollution", "0", True)

    @given(st.lists(FACTS, min_size=1, max_size=8))
    def test_a_higher_alert_never_loosens_anything(self, limits: list[LimitFact]) -> None:
        before: dict[tuple[str, ...], Decimal] = {}
        for level in (None, *ALERT_LEVELS):
            found = in_force(limits, day=DAY, level=level)
            binding = {each.key: each.value for each in found if each.binding}
            assert set(binding) == {each.key for each in found}
            assert all(binding[key] <= value for key, value in before.items())
            before = binding

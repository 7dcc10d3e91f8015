"""Limits of special periods (排污许可管理条例 art. 13(7), 大气污染防治法 art. 96)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from services.kit.findings import Findings
from services.permits.permits import rules_special as rules
from services.permits.permits.rules_limits import ALERT_LEVELS, ARTICLE_SPECIAL


def form(**changes: Any) -> rules.SpecialForm:
    given = {
        "where": "/special_limits/2",
        "period": "heavy_pollution",
        "alert_level": "orange",
        "outlet_code": "DA001",
        "kind": "daily_amount",
        "value": Decimal(20),
        "prohibited": False,
    }
    return rules.SpecialForm(**{**given, **changes})


def found_by(check: Any, limit: rules.SpecialForm, **named: Any) -> list[tuple[str, str, str | None]]:
    found = Findings()
    check(found, limit, **named)
    return [(error.pointer.rpartition("/")[2], error.code, error.article) for error in found.errors]


class TestReachArticle96:
    def test_a_level_holds_at_itself_and_above(self) -> None:
        assert [rules.reach(level) for level in ALERT_LEVELS] == [
            ("yellow",),
            ("yellow", "orange"),
            ("yellow", "orange", "red"),
        ]


class TestCheckLevelArticle13:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({}, None),
            ({"alert_level": None}, "alert_level_missing"),
            ({"period": "attainment_plan"}, "alert_level_not_expected"),
            ({"period": "attainment_plan", "alert_level": None}, None),
        ],
    )
    def test_an_alert_has_a_level_and_a_plan_has_none(
        self, changes: dict[str, Any], code: str | None
    ) -> None:
        expected = [("alert_level", code, ARTICLE_SPECIAL)] if code else []
        assert found_by(rules.check_level, form(**changes)) == expected


class TestCheckValueArticle13:
    @pytest.mark.parametrize(
        ("value", "prohibited", "code"),
        [
            (Decimal(20), False, None),
            (None, True, None),
            (None, False, "value_blank"),
            (Decimal(20), True, "value_beside_prohibition"),
        ],
    )
    def test_discharge_is_limited_or_prohibited_and_a_blank_is_neither(
        self, value: Decimal | None, prohibited: bool, code: str | None
    ) -> None:
        expected = [("value", code, ARTICLE_SPECIAL)] if code else []
        assert found_by(rules.check_value, form(value=value, prohibited=prohibited)) == expected


class TestCheckOutletArticle13:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({}, None),
            ({"outlet_code": "DA009"}, "outlet_not_permitted"),
            ({"outlet_code": None}, None),
            ({"outlet_code": None, "kind": "monthly_amount"}, None),
            ({"outlet_code": None, "kind": "hourly_concentration"}, "outlet_missing"),
            ({"outlet_code": None, "kind": "emission_rate"}, "outlet_missing"),
        ],
    )
    def test_only_an_amount_is_of_the_whole_plant(self, changes: dict[str, Any], code: str | None) -> None:
        found = found_by(rules.check_outlet, form(**changes), outlets=frozenset({"DA001"}))
        assert found == ([("outlet_code", code, ARTICLE_SPECIAL)] if code else [])

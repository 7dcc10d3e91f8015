"""The self-monitoring plan and the facilities of a permit (排污许可管理条例 art. 13(3), 13(8), 19)."""

from __future__ import annotations

from typing import Any

import pytest

from services.kit.findings import Findings
from services.permits.permits import rules_terms as rules

OUTLETS = {"DA001", "DW001"}


def row(**changes: Any) -> rules.MonitoringForm:
    given = {
        "where": "/monitoring/0",
        "outlet_code": "DA001",
        "point": None,
        "means": "manual",
        "has_frequency": True,
        "has_fallback": False,
    }
    return rules.MonitoringForm(**{**given, **changes})


def found_by(check: Any, *arguments: Any, **named: Any) -> list[tuple[str, str]]:
    found = Findings()
    check(found, *arguments, **named)
    assert all(error.article for error in found.errors)
    return [(error.pointer, error.code) for error in found.errors]


class TestCheckPlaceArticle13:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, []),
            ({"outlet_code": None, "point": "厂界"}, []),
            ({"point": "厂界"}, [("/monitoring/0/point", "place_unclear")]),
            ({"outlet_code": None}, [("/monitoring/0/point", "place_unclear")]),
            ({"outlet_code": "DA009"}, [("/monitoring/0/outlet_code", "outlet_not_permitted")]),
        ],
    )
    def test_it_is_an_outlet_of_the_permit_or_a_named_point(
        self, changes: dict[str, Any], expected: list[tuple[str, str]]
    ) -> None:
        assert found_by(rules.check_place, row(**changes), outlets=OUTLETS) == expected


class TestCheckFrequencyArticle13:
    @pytest.mark.parametrize(
        ("means", "frequency", "fallback", "expected"),
        [
            ("manual", True, False, []),
            ("manual", False, False, ["frequency_missing"]),
            ("manual", True, True, ["fallback_not_expected"]),
            ("automatic", False, True, []),
            ("automatic", False, False, []),
            ("automatic", True, False, ["frequency_not_expected"]),
        ],
    )
    def test_by_hand_is_so_often_and_by_machine_always(
        self, means: str, frequency: bool, fallback: bool, expected: list[str]
    ) -> None:
        form = row(means=means, has_frequency=frequency, has_fallback=fallback)
        assert [code for _, code in found_by(rules.check_frequency, form)] == expected


class TestCheckFacilityArticle13:
    def test_what_is_treated_arises_in_a_facility_of_the_permit(self) -> None:
        where = "/terms/treatment_facilities/0/serves/0"
        assert found_by(rules.check_facility, where, "MF0001", {"MF0001"}) == []
        assert found_by(rules.check_facility, where, "MF0002", {"MF0001"}) == [
            (where, "facility_not_permitted")
        ]

"""Which procedure a change needs (排污许可管理条例 art. 14, 15 and 16)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.changes.rules import ARTICLES, Decision, Route, Statement, decide, strictest
from tests.permits.changes.permit import PERMIT, changed, limit, outlet


def route(place: str, value: Any, **statement: Any) -> Decision:
    return decide(PERMIT, changed(place, value), Statement(**statement))


LIGHT: list[tuple[str, Any, Route]] = [
    ("terms/holder/name", "乙公司", Route.BASIC_CHANGE),
    ("terms/holder/address", "示例路2号", Route.BASIC_CHANGE),
    ("terms/holder/legal_representative", "李某某", Route.BASIC_CHANGE),
    ("site_name", "二号厂区", Route.BASIC_CHANGE),
    ("outlets/0/limits/0/value", "250", Route.CHANGE),
    ("outlets/0/limits/0/promised_value", "250", Route.CHANGE),
    ("outlets/0/limits/-", limit(kind="daily_concentration"), Route.CHANGE),
    ("outlets/0/limits/3", None, Route.CHANGE),
    ("outlets/1", None, Route.CHANGE),
    ("outlets/0/height_m", "60", Route.CHANGE),
    ("plant_limits/0/value", "19", Route.CHANGE),
    ("special_limits/0/value", "15", Route.CHANGE),
    ("special_limits/0/valid_to", None, Route.NONE),
    ("monitoring/0/frequency/count", 2, Route.CHANGE),
    ("terms/treatment_facilities/0/process", "半干法", Route.CHANGE),
    ("terms/production_facilities/0/capacity", "20 t/h", Route.CHANGE),
    ("reporting/quarterly", False, Route.CHANGE),
    ("valid_to", "2029-06-30", Route.NONE),
    ("issued_on", "2025-06-30", Route.NONE),
]
HEAVY: list[tuple[str, Any, str]] = [
    ("terms/production_facilities/-", {"code": "MF0002", "name": "锅炉"}, "一"),
    ("terms/production_facilities/0/capacity", "70 t/h", "一"),
    ("terms/site_address", "另一路3号", "二"),
    ("terms/site_region_code", "152502", "二"),
    ("outlets/0/longitude", "111.9800", "二"),
    ("outlets/0/latitude", "43.6600", "二"),
    ("outlets/0/mode", "none", "二"),
    ("outlets/0/destination", "进入烟道", "二"),
    ("outlets/-", outlet("DA003"), "三"),
    ("outlets/0/limits/-", limit("a34013"), "三"),
    ("outlets/1/limits/-", limit("a21026"), "三"),
    ("outlets/0/limits/0/value", "300.01", "三"),
    ("outlets/0/limits/1/value", "12.6", "三"),
    ("outlets/1/limits/1/value", "5", "三"),
    ("outlets/0/limits/0", None, "三"),
    ("outlets/0/limits/3/promised_value", "201", "三"),
    ("outlets/0/limits/3/promised_value", None, "三"),
    ("outlets/0/limits/0/unit", "dimensionless", "三"),
    ("outlets/0/limits/0/valid_to", "2027-12-31", "三"),
    ("outlets/0/limits/0/valid_from", "2025-02-01", "三"),
    ("outlets/0/limits/0/averaging/period", "day", "三"),
    ("plant_limits/0/value", "21", "三"),
    ("plant_limits/0", None, "三"),
    ("special_limits/0/value", "21", "三"),
    ("special_limits/0", None, "三"),
]


class TestNothingChanges:
    def test_an_empty_difference_needs_no_procedure(self) -> None:
        decided = decide(PERMIT, deepcopy(PERMIT))
        assert (decided.route, decided.routed, decided.article) == (Route.NONE, (), None)


class TestArticle14And16:
    @pytest.mark.parametrize(("place", "value", "expected"), LIGHT)
    def test_what_lets_nothing_more_be_discharged_is_a_change(
        self, place: str, value: Any, expected: Route
    ) -> None:
        decided = route(place, value)
        assert decided.route is expected
        assert decided.article == ARTICLES.get(expected)

    def test_what_standards_or_total_control_changed_the_authority_changes_article_16(self) -> None:
        for place, value in (("outlets/0/limits/0/value", "250"), ("plant_limits/0/value", "19")):
            decided = route(place, value, by_authority=True)
            assert (decided.route, decided.article) == (Route.ADJUSTMENT, "排污许可管理条例 第十六条")
        assert route("outlets/0/limits/0/value", "301", by_authority=True).route is Route.REAPPLICATION
        assert route("terms/authority", "另一局", by_authority=True).route is Route.CHANGE


class TestArticle15:
    @pytest.mark.parametrize(("place", "value", "item"), HEAVY)
    def test_whatever_lets_more_be_discharged_is_applied_for_anew(
        self, place: str, value: Any, item: str
    ) -> None:
        decided = route(place, value)
        assert decided.route is Route.REAPPLICATION
        assert decided.article == f"排污许可管理条例 第十五条第{item}项"

    @pytest.mark.parametrize("kind", ["new", "rebuilt", "expanded"])
    def test_a_project_is_applied_for_anew_whatever_the_fields_show(self, kind: str) -> None:
        decided = decide(PERMIT, PERMIT, Statement(construction=kind))
        assert [(each.pointer, each.reason.article) for each in decided.routed] == [
            ("/construction", "排污许可管理条例 第十五条第一项")
        ]
        assert decide(PERMIT, PERMIT, Statement(site_moved=True)).route is Route.REAPPLICATION

    def test_what_the_permit_did_not_say_before_is_no_change_of_it(self) -> None:
        silent = changed("outlets/0/longitude", None)
        silent["terms"]["holder"] = None
        assert decide(silent, PERMIT).route is Route.CHANGE

    def test_a_prohibition_in_place_of_a_number_is_stricter_and_its_end_is_not(self) -> None:
        stopped = changed("special_limits/0/value", None)
        stopped["special_limits"][0]["prohibited"] = True
        assert decide(PERMIT, stopped).route is Route.CHANGE
        assert decide(stopped, PERMIT).route is Route.REAPPLICATION


STEPS = [(place, value) for place, value, _ in (*LIGHT, *HEAVY) if isinstance(value, str)]


class TestStrictestWins:
    @given(st.lists(st.sampled_from(STEPS), max_size=6), st.sampled_from(STEPS))
    def test_one_difference_more_never_lowers_the_route(
        self, steps: list[tuple[str, str]], more: tuple[str, str]
    ) -> None:
        fewer = {place: value for place, value in steps if place != more[0]}
        without, with_it = (
            decide(PERMIT, applied(fewer)),
            decide(PERMIT, applied({**fewer, more[0]: more[1]})),
        )
        assert with_it.route.rank >= without.route.rank

    @given(
        st.lists(st.sampled_from([(place, value) for place, value, _ in LIGHT if isinstance(value, str)])),
        st.decimals("0.01", 10_000, places=2),
    )
    def test_adding_an_increase_to_anything_is_a_reapplication(
        self, steps: list[tuple[str, str]], more: Any
    ) -> None:
        grown = {**dict(steps), "outlets/0/limits/0/value": str(300 + more)}
        assert decide(PERMIT, applied(grown)).route is Route.REAPPLICATION

    @given(st.lists(st.sampled_from(list(Route))))
    def test_the_strictest_is_the_highest(self, routes: list[Route]) -> None:
        assert strictest(routes).rank == max((each.rank for each in routes), default=0)


def applied(steps: dict[str, str]) -> dict[str, Any]:
    permit: dict[str, Any] = deepcopy(PERMIT)
    for place, value in steps.items():
        *way, last = place.split("/")
        holder: Any = permit
        for part in way:
            holder = holder[int(part)] if isinstance(holder, list) else holder[part]
        holder[last] = value
    return permit

"""What two versions of a permit say differently, field by field."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from services.permits.changes import words
from services.permits.changes.differences import IDENTITY, Difference, compare
from services.permits.changes.labels import label
from services.permits.permits.schemas import PermitContent
from tests.permits.changes.permit import PERMIT, changed, limit, outlet


def seen(after: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(each.pointer, each.kind, each.direction) for each in compare(PERMIT, after)]


class TestCompare:
    def test_a_permit_says_nothing_else_than_itself(self) -> None:
        assert compare(PERMIT, deepcopy(PERMIT)) == []

    @given(st.randoms(use_true_random=False))
    def test_the_order_of_lists_is_no_difference(self, order: random.Random) -> None:
        shuffled = deepcopy(PERMIT)
        order.shuffle(shuffled["outlets"])
        for each in shuffled["outlets"]:
            order.shuffle(each["limits"])
        assert compare(PERMIT, shuffled) == []

    @pytest.mark.parametrize(
        ("place", "value", "expected"),
        [
            (
                "outlets/0/limits/0/value",
                "250",
                ("/outlets/DA001/limits/a21026/hourly_concentration/value", "changed", "down"),
            ),
            (
                "outlets/0/limits/2/value",
                "12.01",
                ("/outlets/DA001/limits/a21026/annual_amount/2/value", "changed", "up"),
            ),
            ("outlets/1", None, ("/outlets/DA002", "removed", None)),
            ("outlets/-", outlet("DA003"), ("/outlets/DA003", "added", None)),
            ("outlets/1/destination", None, ("/outlets/DA002/destination", "removed", None)),
            ("site_name", "二号厂区", ("/site_name", "changed", None)),
            (
                "monitoring/0/frequency/count",
                2,
                ("/monitoring/DA001/a21026/manual/frequency/count", "changed", "up"),
            ),
            (
                "special_limits/0/value",
                "15",
                ("/special_limits/heavy_pollution/orange/a21026/daily_amount/value", "changed", "down"),
            ),
            (
                "terms/treatment_facilities/0/serves",
                ["MF0001", "MF0002"],
                ("/terms/treatment_facilities/TA001/serves", "changed", None),
            ),
        ],
    )
    def test_a_difference_is_named_by_what_it_is_of(
        self, place: str, value: Any, expected: tuple[str, str, str | None]
    ) -> None:
        assert seen(changed(place, value)) == [expected]

    def test_places_of_a_number_are_no_difference(self) -> None:
        assert seen(changed("outlets/0/limits/0/value", "300.0")) == []

    @pytest.mark.parametrize("name", ["nan", "1e3", "0012"])
    def test_a_name_is_a_name_however_much_it_looks_like_a_number(self, name: str) -> None:
        assert compare(changed("site_name", name), changed("site_name", name)) == []
        assert len(compare(changed("site_name", name), changed("site_name", "12"))) == 1

    def test_limits_that_change_on_a_day_are_told_apart_by_it(self) -> None:
        stepped = changed("outlets/0/limits/-", limit(value="200", valid_from="2027-01-01"))
        assert seen(stepped) == [
            ("/outlets/DA001/limits/a21026/hourly_concentration/2027-01-01", "added", None)
        ]

    @given(
        st.sampled_from(["0/limits/0/value", "0/height_m", "1/limits/1/value", "0/limits/3/promised_value"]),
        st.integers(1, 500),
    )
    def test_the_other_way_round_everything_is_the_other_way_round(self, place: str, number: int) -> None:
        after = changed(f"outlets/{place}", str(number))
        there, back = compare(PERMIT, after), compare(after, PERMIT)
        opposite = {"up": "down", "down": "up", None: None}
        assert [(d.pointer, d.before, d.after) for d in there] == [
            (d.pointer, d.after, d.before) for d in back
        ]
        assert [opposite[d.direction] for d in there] == [d.direction for d in back]


class TestLabels:
    def of(self, after: dict[str, Any]) -> tuple[str, str]:
        (difference,) = compare(PERMIT, after)
        words_ = label(difference)
        return words_.zh, words_.en

    def test_a_person_reads_what_changed(self) -> None:
        assert self.of(changed("outlets/0/limits/0/value", "250")) == (
            "排放口DA001 限值二氧化硫 小时浓度 数值",
            "outlet DA001, limit 二氧化硫 hourly concentration, value",
        )
        assert self.of(changed("terms/holder/name", "乙公司"))[0] == "持证单位 名称"

    def test_everything_that_a_permit_can_say_has_words(self) -> None:
        assert names_in(PermitContent) <= set(words.MEMBERS)

    def test_every_list_of_things_has_an_identity(self) -> None:
        lists = {name for name in names_in(PermitContent, lists=True) if name not in ("serves",)}
        assert lists <= set(IDENTITY)

    def test_every_difference_has_a_label(self) -> None:
        empty: dict[str, Any] = {
            name: [] for name in ("outlets", "plant_limits", "special_limits", "monitoring")
        }
        for difference in [*compare(PERMIT, {**PERMIT, **empty}), *compare({}, PERMIT)]:
            assert isinstance(difference, Difference)
            assert label(difference).zh
            assert label(difference).en


def names_in(model: type[BaseModel], *, lists: bool = False) -> set[str]:
    """The names of all members of a schema, at any depth; or of those that hold lists."""
    definitions = model.model_json_schema()
    found = set()
    for each in (definitions, *definitions["$defs"].values()):
        for name, schema in each.get("properties", {}).items():
            if not lists or schema.get("type") == "array":
                found.add(name)
    return found

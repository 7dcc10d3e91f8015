"""Comparing versions and routing changes, over HTTP through the gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permits.reading import is_problem, named
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/permits"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """With two versions: in the second SO2 is limited more strictly."""
    own, clerk = await town.holder(), await town.staff("clerk")
    second = town.version_content(own.uscc, site_name="一号厂区")
    second["outlets"][0]["limits"][0]["value"] = "200"
    assert (await clerk.post(f"{PATH}/{own.permit['permit_number']}/versions", second)).status_code == 201
    return own


def path(holder: Holder, name: str) -> str:
    return f"{PATH}/{holder.permit['permit_number']}/{name}"


def declared(town: Town, holder: Holder, **changes: Any) -> dict[str, Any]:
    content = town.permit_content(holder.uscc)
    del content["permit_number"]
    content["outlets"][0]["limits"][0]["value"] = "200"
    return {**content, **changes}


class TestComparison:
    async def test_two_versions_are_compared_field_by_field_in_either_order(self, holder: Holder) -> None:
        answer = await holder.http.get(path(holder, "comparison"), params={"from": 1, "to": 2})
        assert answer.status_code == 200, answer.text
        assert answer.json()["differences"] == [
            {
                "pointer": "/outlets/DA001/limits/a21026/hourly_concentration/value",
                "change": "changed",
                "before": "300",
                "after": "200",
                "direction": "down",
                "label_zh": "排放口DA001 限值二氧化硫 小时浓度 数值",
                "label_en": "outlet DA001, limit 二氧化硫 hourly concentration, value",
            }
        ]
        back = (await holder.http.get(path(holder, "comparison"), params={"from": 2, "to": 1})).json()
        assert (back["differences"][0]["direction"], back["from_version"]) == ("up", 2)
        same = (await holder.http.get(path(holder, "comparison"), params={"from": 2, "to": 2})).json()
        assert same["differences"] == []

    async def test_versions_that_are_not_there_or_not_yours_are_404(self, town: Town, holder: Holder) -> None:
        other = await town.holder()
        for where, versions in (
            (path(holder, "comparison"), {"from": 1, "to": 3}),
            (path(other, "comparison"), {"from": 1, "to": 1}),
        ):
            answer = await holder.http.get(where, params=versions)
            assert is_problem(answer, 404, "permit_not_found")
        answer = await holder.http.get(path(holder, "comparison"), params={"from": 0})
        assert is_problem(answer, 400, "invalid_parameter")


class TestChangeRoute:
    async def test_what_is_declared_as_it_stands_needs_no_procedure(self, town: Town, holder: Holder) -> None:
        answer = await holder.post(path(holder, "change-routes"), declared(town, holder))
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "permit_number": holder.permit["permit_number"],
            "version": 2,
            "route": "none",
            "article": None,
            "apply_within_days": None,
            "reasons": [],
        }

    async def test_each_difference_has_its_route_and_article_and_the_strictest_wins(
        self, town: Town, holder: Holder
    ) -> None:
        renamed = declared(town, holder, site_name="二号厂区")
        answer = (await holder.post(path(holder, "change-routes"), renamed)).json()
        assert (answer["route"], answer["apply_within_days"]) == ("basic_change", 30)
        assert answer["article"] == "排污许可管理条例 第十四条"
        renamed["outlets"][0]["limits"][0]["value"] = "300"
        renamed["construction"] = "expanded"
        answer = (await holder.post(path(holder, "change-routes"), renamed)).json()
        assert (answer["route"], answer["apply_within_days"]) == ("reapplication", None)
        assert [(each["pointer"], each["route"]) for each in answer["reasons"]] == [
            ("/construction", "reapplication"),
            ("/site_name", "basic_change"),
            ("/outlets/DA001/limits/a21026/hourly_concentration/value", "reapplication"),
        ]
        assert [each["article"] for each in answer["reasons"]] == [
            "排污许可管理条例 第十五条第一项",
            "排污许可管理条例 第十四条",
            "排污许可管理条例 第十五条第三项",
        ]
        assert answer["reasons"][2]["difference"]["direction"] == "up"

    async def test_nothing_is_saved(self, town: Town, holder: Holder) -> None:
        await holder.post(path(holder, "change-routes"), declared(town, holder, site_name="二号厂区"))
        assert (await holder.get(path(holder, "versions"))).json()["items"][-1]["version"] == 2

    async def test_a_declaration_that_breaks_rules_is_refused_before_it_is_routed(
        self, town: Town, holder: Holder
    ) -> None:
        wrong = declared(town, holder, construction="repaired")
        wrong["outlets"] *= 2
        answer = await holder.post(path(holder, "change-routes"), wrong)
        assert is_problem(answer, 422, "invalid_document")
        assert named(answer) == {("/construction", "literal_error"), ("/outlets/1/code", "outlet_repeated")}

    async def test_a_permit_that_is_not_yours_is_404(self, town: Town, holder: Holder) -> None:
        other = await town.holder()
        answer = await holder.post(path(other, "change-routes"), declared(town, other))
        assert is_problem(answer, 404, "permit_not_found")

    async def test_the_bureau_asks_with_its_purpose(self, town: Town, holder: Holder) -> None:
        reviewer: Caller = await town.staff("reviewer")
        answer = await reviewer.post(path(holder, "change-routes"), declared(town, holder, site_moved=True))
        assert answer.json()["article"] == "排污许可管理条例 第十五条第二项"

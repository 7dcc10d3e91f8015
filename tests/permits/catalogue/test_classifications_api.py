"""The management catalogue and the class finder through the gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permits.reading import is_problem
from tests.support.town import Holder, Town

CATALOGUE, CLASSIFICATIONS = "/v1/permits/catalogue", "/v1/permits/classifications"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


def quantity(name: str, value: str, unit: str) -> dict[str, str]:
    return {"name": name, "value": value, "unit": unit}


def heating(value: str, unit: str = "t/h") -> dict[str, Any]:
    return {
        "activities": [{"industry_code": "4430"}],
        "site": {
            "quantities": [quantity("boiler_output", value, unit)],
            "statements": [{"name": "on_key_list", "holds": False}],
        },
    }


class TestCatalogue:
    async def test_all_112_rows_are_read_page_by_page_in_order_without_signing_in(self, town: Town) -> None:
        rows: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await town.public.get(CATALOGUE, params={"limit": 50, **cursor})).json()
            rows += [item["row"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert rows == list(range(1, 113))

    async def test_an_industry_or_words_narrow_the_list(self, town: Town) -> None:
        async def rows(**asked: str) -> list[int]:
            page = (await town.public.get(CATALOGUE, params=asked)).json()
            return [item["row"] for item in page["items"]]

        assert await rows(industry_code="D4430") == [96]
        assert await rows(industry_code="339") == [80, 82]
        assert await rows(industry_code="6110") == [108]
        assert await rows(text="加油站") == [100]

    async def test_a_row_is_read_in_its_own_words_with_the_facts_that_decide_it(self, town: Town) -> None:
        row = (await town.public.get(f"{CATALOGUE}/107")).json()
        assert row["key"].startswith("床位500张及以上的")
        assert [fact["name"] for fact in row["facts"]] == ["beds", "psychiatric_or_rehabilitation"]
        assert row["catalogue"]["order"] == "生态环境部令第11号"
        procedures = (await town.public.get(f"{CATALOGUE}/8")).json()
        assert {"boiler_output", "kilns", "on_key_list"} <= {fact["name"] for fact in procedures["facts"]}

    async def test_another_row_and_a_day_before_the_first_edition_are_404(self, town: Town) -> None:
        no_row = await town.public.get(f"{CATALOGUE}/113")
        early = await town.public.get(CATALOGUE, params={"on": "2019-12-19"})
        assert no_row.json()["code"] == "management_catalogue_row_not_found"
        assert early.json()["code"] == "management_catalogue_edition_not_found"
        assert (no_row.status_code, early.status_code) == (404, 404)
        assert (await town.public.get(CATALOGUE, params={"cursor": "zzz"})).json()["code"] == "bad_cursor"


class TestClassification:
    async def test_heat_supply_of_14_megawatts_is_key_by_row_96_in_the_catalogues_words(
        self, holder: Holder
    ) -> None:
        answer = await holder.post(CLASSIFICATIONS, heating("14", "MW"))
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["site"]["management_class"] == "key"
        assert found["site"]["needs"] == "permit"
        assert found["site"]["article"].endswith("第五条")
        (activity,) = found["activities"]
        assert (activity["decision"], activity["clause"]) == ("decided", "第96类 重点管理")
        assert "单台或者合计出力20吨/小时" in activity["reason_zh"]
        assert activity["because"] == [
            {
                "fact": "boiler_output",
                "given": "20",
                "comparison": ">=",
                "bound": "20",
                "unit": "t/h",
                "met": True,
                "article": None,
            }
        ]

    async def test_what_is_not_stated_is_named_and_left_to_a_reviewer(self, holder: Holder) -> None:
        found = (await holder.post(CLASSIFICATIONS, {"activities": [{"industry_code": "8411"}]})).json()
        (activity,) = found["activities"]
        assert (found["site"]["decision"], found["site"]["management_class"]) == ("for_review", None)
        assert (found["site"]["at_least"], found["site"]["at_most"]) == ("registration", "key")
        assert [fact["name"] for fact in activity["missing"]] == ["beds"]
        assert activity["rows"][0]["simplified"].startswith("床位100张及以上")
        assert activity["open"] == ["facts_missing"]

    async def test_a_row_that_only_words_decide_goes_to_a_reviewer(self, holder: Holder) -> None:
        found = (await holder.post(CLASSIFICATIONS, {"activities": [{"industry_code": "2710"}]})).json()
        assert found["site"]["management_class"] == "key"  # 全部
        dyeing = (await holder.post(CLASSIFICATIONS, {"activities": [{"industry_code": "1713"}]})).json()
        assert dyeing["activities"][0]["open"] == ["words_decide"]

    async def test_several_industries_at_one_site_have_one_answer_of_the_strictest(
        self, holder: Holder
    ) -> None:
        query = heating("10")
        query["site"]["statements"].append({"name": "gas_boilers_only", "holds": True})
        hospital = {"industry_code": "8411", "quantities": [quantity("beds", "500", "beds")]}
        alone = (await holder.post(CLASSIFICATIONS, query)).json()
        query["activities"].append(hospital)
        both = (await holder.post(CLASSIFICATIONS, query)).json()
        assert alone["site"]["management_class"] == "simplified"
        assert [each["management_class"] for each in both["activities"]] == ["simplified", "key"]
        assert both["site"]["management_class"] == "key"

    async def test_everything_wrong_is_named_at_once_with_its_place(self, holder: Holder) -> None:
        wrong = {
            "on": "2026-01-01",
            "activities": [
                {"industry_code": "9900"},
                {"industry_code": "D8411", "quantities": [quantity("beds", "-1", "张")]},
                {"industry_code": "8411", "quantities": [quantity("boiler_output", "1", "t/h")]},
            ],
            "site": {
                "quantities": [quantity("boiler_outputs", "1", "t/h"), quantity("kilns", "1", "t/h")],
                "statements": [
                    *([{"name": "on_key_list", "holds": True}] * 2),
                    {"name": "surface_treatment_named", "holds": True},
                    {"name": "surface_treatment", "holds": False},
                ],
            },
        }
        answer = await holder.post(CLASSIFICATIONS, wrong)
        is_problem(answer, 422, "classification_invalid")
        found = {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
        assert found == {
            ("/activities/0/industry_code", "industry_division_unknown"),
            ("/activities/1/industry_code", "industry_section_mismatch"),
            ("/activities/1/quantities/0/value", "quantity_negative"),
            ("/activities/1/quantities/0/unit", "fact_unit_unknown"),
            ("/activities/2/quantities/0/name", "fact_misplaced"),
            ("/site/quantities/0/name", "fact_unknown"),
            ("/site/quantities/1/name", "fact_of_other_kind"),
            ("/site/statements/1/name", "fact_twice"),
            ("/site/statements/2/holds", "facts_contradict"),
        }
        wrong["site"]["statements"] = [{"name": "on_key_lists", "holds": "yes"}]
        pointers = {
            error["pointer"] for error in (await holder.post(CLASSIFICATIONS, wrong)).json()["errors"]
        }
        assert {"/site/statements/0/holds", "/site/statements/0/name", "/site/quantities/0/name"} <= pointers

    async def test_it_is_for_whoever_is_signed_in_and_may_read_permits(self, town: Town) -> None:
        reviewer = await town.staff("reviewer")
        assert (await reviewer.post(CLASSIFICATIONS, heating("20"))).status_code == 200
        assert (await town.public.post(CLASSIFICATIONS, json=heating("20"))).status_code == 401

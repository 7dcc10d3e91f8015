"""Discharge permits, over HTTP through the gateway."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import Any

import pytest

from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/permits"
ART_13, ART_14 = "排污许可管理条例 第十三条", "排污许可管理条例 第十四条"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture(scope="module")
async def clerk(town: Town) -> Caller:
    return await town.staff("clerk")


@pytest.fixture(scope="module")
async def content(town: Town, holder: Holder) -> dict[str, Any]:
    """A right permit for a second site of the holder, to be spoilt; it is never issued."""
    return town.permit_content(holder.uscc, serial=900)


def outlet(content: dict[str, Any], code: str, medium: str, **limit: Any) -> dict[str, Any]:
    """An outlet like the first, with a changed copy of its first limit."""
    first = deepcopy(content["outlets"][0])
    return {**first, "code": code, "medium": medium, "limits": [{**first["limits"][0], **limit}]}


class TestIssue:
    async def test_an_issued_permit_is_read_where_location_says(
        self, town: Town, clerk: Caller, holder: Holder
    ) -> None:
        sent = town.permit_content(holder.uscc, serial=2)
        answer = await clerk.post(PATH, sent)
        assert answer.status_code == 201
        read = await clerk.get(answer.headers["location"])
        assert read.json() == answer.json()
        assert (read.json()["uscc"], read.json()["version"]) == (holder.uscc, 1)
        for name in ("site_name", "valid_from", "valid_to", "issued_on", "industry_code"):
            assert read.json()[name] == sent[name]
        by_key = {
            (each["pollutant_code"], each["kind"]): each for each in read.json()["outlets"][0]["limits"]
        }
        assert len(by_key) == 3
        for each in sent["outlets"][0]["limits"]:
            kept = by_key[each["pollutant_code"], each["kind"]]
            assert kept.items() >= each.items()
            assert kept["averaging"]["source"]

    async def test_article_6_another_last_character_makes_no_other_site(
        self, town: Town, clerk: Caller, holder: Holder
    ) -> None:
        number = f"{holder.uscc}001"
        again = {**town.permit_content(holder.uscc), "permit_number": f"{number}V"}
        refused = await clerk.post(PATH, again)
        assert is_problem(refused, 409, "site_permit_held")
        assert refused.json()["permit"] == f"{PATH}/{number}P"

    async def test_article_6_a_site_whose_permit_has_ended_gets_another(
        self, town: Town, clerk: Caller
    ) -> None:
        past = {"valid_from": "2020-01-01", "valid_to": "2024-12-31", "issued_on": "2019-12-20"}
        holder = await town.holder(**past)
        again = {**town.permit_content(holder.uscc), "permit_number": f"{holder.uscc}001V"}
        assert (await clerk.post(PATH, again)).status_code == 201

    async def test_article_6_of_two_numbers_of_one_site_that_come_at_once_one_is_entered(
        self, town: Town, clerk: Caller, holder: Holder
    ) -> None:
        for serial in range(20, 25):
            both = [
                {
                    **town.permit_content(holder.uscc, serial=serial),
                    "permit_number": f"{holder.uscc}{serial:03}{last}",
                }
                for last in "PV"
            ]
            answers = await asyncio.gather(*(clerk.post(PATH, each) for each in both))
            assert sorted(answer.status_code for answer in answers) == [201, 409]

    async def test_a_number_is_registered_once(self, clerk: Caller, town: Town, holder: Holder) -> None:
        answer = await clerk.post(PATH, town.permit_content(holder.uscc))
        assert is_problem(answer, 409, "permit_exists")

    async def test_an_enterprise_that_is_not_registered_has_no_permit(
        self, clerk: Caller, town: Town
    ) -> None:
        answer = await clerk.post(PATH, town.permit_content(town.new_uscc()))
        assert is_problem(answer, 404, "enterprise_not_found")

    async def test_only_a_clerk_enters_permits(self, holder: Holder, content: dict[str, Any]) -> None:
        assert is_problem(await holder.post(PATH, content), 403, "forbidden")

    async def test_everything_that_breaks_a_rule_is_named_at_once_with_its_article(
        self, clerk: Caller, content: dict[str, Any]
    ) -> None:
        wrong = {
            **content,
            "valid_to": "2030-01-01",
            "issued_on": "2030-01-02",
            "outlets": [
                outlet(content, "DA001", "water", unit="mg/m3"),
                outlet(content, "DA001", "air", kind="annual_amount", unit="mg/L"),
                outlet(
                    content, "DW001", "water", unit="mg/L", valid_from="2026-01-02", valid_to="2026-01-01"
                ),
            ],
        }
        wrong["outlets"][2]["limits"] *= 2
        answer = await clerk.post(PATH, wrong)
        assert is_problem(answer, 422, "invalid_document")
        assert named(answer) == {
            ("/valid_to", "validity_too_long"),
            ("/issued_on", "issued_after_end"),
            ("/issued_on", "issued_in_future"),
            ("/outlets/0/medium", "medium_mismatch"),
            ("/outlets/0/limits/0/unit", "unit_mismatch"),
            ("/outlets/1/code", "outlet_repeated"),
            ("/outlets/1/limits/0/unit", "unit_mismatch"),
            ("/outlets/2/limits/0/valid_to", "validity_reversed"),
            ("/outlets/2/limits/1/valid_to", "validity_reversed"),
            ("/outlets/2/limits/1", "limit_repeated"),
        }
        articles = {error["code"]: error.get("article") for error in answer.json()["errors"]}
        assert (articles["validity_too_long"], articles["unit_mismatch"]) == (ART_14, ART_13)

    async def test_so_is_what_is_wrong_with_its_shape_beside_it(
        self, clerk: Caller, content: dict[str, Any]
    ) -> None:
        wrong = deepcopy(content)
        wrong |= {"valid_to": "2024-12-31", "issued_on": 20241220, "permit_number": "1"}
        wrong["outlets"][0]["medium"] = "water"
        wrong["outlets"][0]["limits"][0]["unit"] = "ppm"
        wrong["outlets"][0]["limits"][1]["value"] = 12.5
        answer = await clerk.post(PATH, wrong)
        assert named(answer) == {
            ("/permit_number", "permit_number_length"),
            ("/issued_on", "date_expected"),
            ("/valid_to", "validity_reversed"),
            ("/outlets/0/medium", "medium_mismatch"),
            ("/outlets/0/limits/0/unit", "literal_error"),
            ("/outlets/0/limits/1/value", "decimal_string_expected"),
            ("/outlets/0/limits/2/unit", "unit_mismatch"),
        }

    async def test_what_rests_on_something_unreadable_is_not_held_against_anybody(
        self, clerk: Caller, content: dict[str, Any]
    ) -> None:
        wrong = deepcopy(content)
        wrong["valid_from"] = "2025-02-30"
        wrong["outlets"][0]["code"] = "chimney"
        for limit in wrong["outlets"][0]["limits"]:
            limit["kind"] = "yearly"
        answer = await clerk.post(PATH, wrong)
        assert named(answer) == {
            ("/valid_from", "date_expected"),
            ("/outlets/0/code", "outlet_code_shape"),
            *((f"/outlets/0/limits/{index}/kind", "literal_error") for index in range(3)),
        }

    @pytest.mark.parametrize("day", ["0000-01-01", "1999-12-31", "2101-01-01", "9999-12-31", "10000-01-01"])
    @pytest.mark.parametrize("name", ["valid_from", "valid_to", "issued_on"])
    async def test_days_beyond_any_permit_are_refused(
        self, clerk: Caller, content: dict[str, Any], name: str, day: str
    ) -> None:
        answer = await clerk.post(PATH, {**content, name: day})
        assert answer.status_code == 422
        assert f"/{name}" in {where for where, _ in named(answer)}

    async def test_the_texts_follow_accept_language(self, clerk: Caller, content: dict[str, Any]) -> None:
        wrong = {**content, "valid_to": "2030-01-01"}
        english = (await clerk.post(PATH, wrong)).json()
        chinese_answer = await clerk.post(PATH, wrong, **{"Accept-Language": "zh-CN"})
        chinese = chinese_answer.json()
        assert chinese_answer.headers["content-language"] == "zh-CN"
        assert english["title"] == "The document breaks rules"
        assert chinese["title"] == "提交的内容不符合要求"
        assert english["errors"][0]["detail"] == "a permit holds five years, to 2029-12-31 at the latest"
        assert chinese["errors"][0]["detail"] == "排污许可证有效期为5年，最晚至2029-12-31"
        assert english["errors"][0]["detail_zh"] == chinese["errors"][0]["detail"]


class TestRead:
    async def test_as_of_gives_the_version_that_held_on_that_day(self, holder: Holder) -> None:
        path = f"{PATH}/{holder.permit['permit_number']}"
        for day in ("2025-01-01", "2027-06-15", "2029-12-31"):
            assert (await holder.get(path, as_of=day)).json() == holder.permit
        for day in ("2024-12-31", "2030-01-01", "0001-01-01", "9999-12-31"):
            assert is_problem(await holder.get(path, as_of=day), 404, "permit_not_found")

    @pytest.mark.parametrize("day", ["", "2026-02-30", "0000-01-01", "10000-01-01", "1704067200", "now"])
    async def test_as_of_is_a_calendar_day(self, holder: Holder, day: str) -> None:
        answer = await holder.get(f"{PATH}/{holder.permit['permit_number']}", as_of=day)
        assert is_problem(answer, 400, "invalid_parameter")
        assert named(answer) == {("/query/as_of", "date_expected")}

    async def test_an_unchanged_permit_is_304(self, holder: Holder) -> None:
        path = f"{PATH}/{holder.permit['permit_number']}"
        etag = (await holder.get(path)).headers["etag"]
        answer = await holder.http.get(path, headers={"if-none-match": etag})
        assert (answer.status_code, answer.headers["etag"]) == (304, etag)

    async def test_what_is_not_there_and_what_is_not_yours_are_404(self, town: Town, holder: Holder) -> None:
        other = await town.holder()
        for number in (other.permit["permit_number"], f"{holder.uscc}099P", "x"):
            answer = await holder.get(f"{PATH}/{number}")
            assert is_problem(answer, 404, "permit_not_found")


class TestList:
    async def test_a_walk_one_by_one_gives_every_row_once_in_a_stable_order(
        self, town: Town, clerk: Caller
    ) -> None:
        own = await town.holder()
        for serial in (3, 2, 4):
            issued = await clerk.post(PATH, town.permit_content(own.uscc, serial=serial))
            assert issued.status_code == 201
        expected = [f"{own.uscc}{serial:03}P" for serial in (1, 2, 3, 4)]
        for caller, filters in ((own, {}), (clerk, {"uscc": own.uscc})):
            for limit in (1, 3, 4):
                pages = await walked(caller, PATH, limit=limit, **filters)
                assert [row["permit_number"] for page in pages for row in page] == expected

    async def test_an_enterprise_sees_its_own_whatever_it_asks_for(self, town: Town, holder: Holder) -> None:
        other = await town.holder()
        assert await walked(holder, PATH, uscc=other.uscc) == [[]]
        assert {row["uscc"] for row in (await walked(holder, PATH))[0]} == {holder.uscc}

"""The register of polluting enterprises, over HTTP through the gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/enterprises"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture(scope="module")
async def clerk(town: Town) -> Caller:
    return await town.staff("clerk")


async def registered(town: Town, clerk: Caller, **changes: Any) -> dict[str, Any]:
    """A new enterprise: the answer's body."""
    content = {**town.enterprise_content(town.new_uscc()), **changes}
    answer = await clerk.post(PATH, content)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


class TestRegister:
    async def test_a_clerk_registers_an_enterprise_and_reads_it_where_location_says(
        self, town: Town, clerk: Caller
    ) -> None:
        content = town.enterprise_content(town.new_uscc())
        answer = await clerk.post(PATH, content)
        assert answer.status_code == 201
        read = await clerk.get(answer.headers["location"])
        assert read.json() == answer.json()
        degrees = {"longitude": "111.977200", "latitude": "43.652600"}
        assert {name: read.json()[name] for name in content} == {**content, **degrees}
        assert read.headers["etag"] == answer.headers["etag"]

    @pytest.mark.parametrize(
        ("longitude", "code"),
        [
            ("111.9772123", "decimal_max_places"),
            ("72.999999", "greater_than_equal"),
            ("136.1", "less_than_equal"),
        ],
    )
    async def test_coordinates_that_would_be_rounded_or_lie_abroad_are_refused(
        self, town: Town, clerk: Caller, longitude: str, code: str
    ) -> None:
        content = {**town.enterprise_content(town.new_uscc()), "longitude": longitude}
        answer = await clerk.post(PATH, content)
        assert is_problem(answer, 422, "invalid_document")
        assert named(answer) == {("/longitude", code)}

    async def test_a_second_registration_is_409(self, clerk: Caller, town: Town, holder: Holder) -> None:
        answer = await clerk.post(PATH, town.enterprise_content(holder.uscc))
        assert is_problem(answer, 409, "enterprise_exists")

    @pytest.mark.parametrize(("letter", "meant"), [("O", "0"), ("I", "1")])
    async def test_a_look_alike_in_the_uscc_is_refused_with_the_code_that_was_meant(
        self, town: Town, clerk: Caller, letter: str, meant: str
    ) -> None:
        right = next(uscc for uscc in iter(town.new_uscc, "") if meant in uscc[2:8])
        wrong = right[:2] + right[2:8].replace(meant, letter, 1) + right[8:]
        answer = await clerk.post(PATH, town.enterprise_content(wrong))
        (error,) = answer.json()["errors"]
        assert answer.status_code == 422
        assert (error["pointer"], error["suggestion"], error["article"]) == ("/uscc", right, "GB 32100-2015")

    async def test_a_wrong_check_character_is_refused_with_the_reason(
        self, town: Town, clerk: Caller
    ) -> None:
        right = town.new_uscc()
        wrong = right[:17] + ("0" if right[17] != "0" else "1")
        answer = await clerk.post(PATH, town.enterprise_content(wrong))
        assert named(answer) == {("/uscc", "uscc_check_character")}
        assert right[17] in answer.json()["errors"][0]["detail"]

    async def test_every_error_is_named_at_once(self, clerk: Caller) -> None:
        answer = await clerk.post(
            PATH,
            {
                "uscc": "9115250100000000",
                "name": " ",
                "region_code": "15",
                "industry_code": "4430",
                "address": "示例路1号",
                "longitude": 111.9,
                "management_class": "big",
                "automatic_monitoring": "yes",
                "owner": "x",
            },
        )
        assert is_problem(answer, 422, "invalid_document")
        assert named(answer) == {
            ("/uscc", "uscc_length"),
            ("/name", "string_too_short"),
            ("/region_code", "region_code_length"),
            ("/longitude", "decimal_string_expected"),
            ("/management_class", "literal_error"),
            ("/automatic_monitoring", "bool_type"),
            ("/legal_representative", "missing"),
            ("/owner", "extra_forbidden"),
        }

    async def test_only_a_clerk_registers(self, town: Town, holder: Holder) -> None:
        content = town.enterprise_content(town.new_uscc())
        for caller in (holder, await town.staff("reviewer"), await town.staff("inspector")):
            answer = await caller.post(PATH, content)
            assert is_problem(answer, 403, "forbidden")
            assert answer.json()["missing_scopes"] == ["permits:register"]


class TestList:
    async def test_a_walk_one_by_one_gives_every_row_once_in_a_stable_order(
        self, town: Town, clerk: Caller
    ) -> None:
        name = f"漫步{town.new_uscc()}"
        made = [(await registered(town, clerk, name=f"{name}-{index}"))["uscc"] for index in range(4)]
        for limit in (1, 3, 4, 5):
            pages = await walked(clerk, PATH, name=name, limit=limit)
            assert [row["uscc"] for page in pages for row in page] == sorted(made)
            assert all(len(page) == limit for page in pages[:-1])

    async def test_the_filters_choose_and_take_their_text_literally(self, town: Town, clerk: Caller) -> None:
        name = f"百分之百%{town.new_uscc()}_"
        body = await registered(town, clerk, name=name, management_class="registration")
        for filters in ({"name": name}, {"name": name, "management_class": "registration"}):
            assert await walked(clerk, PATH, **filters) == [[body]]
        assert await walked(clerk, PATH, name=name, management_class="key") == [[]]
        assert await walked(clerk, PATH, name=name.replace("%", "_")) == [[]]

    async def test_they_are_found_by_how_division_and_industry_begin(self, town: Town, clerk: Caller) -> None:
        name = f"行业{town.new_uscc()}"
        body = await registered(town, clerk, name=name, region_code="152502", industry_code="4620")
        for filters, found in (
            ({"region_code": "152502", "industry_code": "4620"}, True),
            ({"region_code": "1525", "industry_code": "46"}, True),
            ({"region_code": "152501"}, False),
            ({"region_code": "52502"}, False),
            ({"region_code": "15%"}, False),
            ({"industry_code": "44"}, False),
            ({"industry_code": "620"}, False),
        ):
            assert await walked(clerk, PATH, name=name, **filters) == [[body] if found else []], filters

    async def test_an_enterprise_lists_itself_only(self, holder: Holder) -> None:
        assert [row["uscc"] for row in (await walked(holder, PATH))[0]] == [holder.uscc]


class TestRead:
    async def test_an_unchanged_record_is_304_by_its_etag_strong_or_weak(self, holder: Holder) -> None:
        path = f"{PATH}/{holder.uscc}"
        etag = (await holder.get(path)).headers["etag"]
        weak = "W/" + etag.removeprefix("W/")
        for value in (etag, weak, "*", f'"other", {etag}'):
            answer = await holder.http.get(path, headers={"if-none-match": value})
            assert answer.status_code == 304, value
            assert answer.headers["etag"] == etag
            assert answer.content == b""
        for value in ('"other"', "garbage", ""):
            assert (await holder.http.get(path, headers={"if-none-match": value})).status_code == 200

    async def test_what_is_not_there_and_what_is_not_yours_are_404(self, town: Town, holder: Holder) -> None:
        other = await town.holder()
        for uscc in (town.new_uscc(), other.uscc, "x", "100%25", "草", "a b", "'--"):
            assert is_problem(await holder.get(f"{PATH}/{uscc}"), 404, "enterprise_not_found")


class TestChange:
    async def change(self, clerk: Caller, number: str, if_match: str | None, **content: Any) -> Any:
        headers = {} if if_match is None else {"if-match": if_match}
        return await clerk.http.patch(f"{PATH}/{number}", json=content, headers=headers)

    async def test_a_change_makes_a_new_version_with_a_new_etag(self, town: Town, clerk: Caller) -> None:
        uscc = (await registered(town, clerk))["uscc"]
        before = await clerk.get(f"{PATH}/{uscc}")
        answer = await self.change(clerk, uscc, before.headers["etag"], name="新名称有限公司")
        assert answer.status_code == 200
        assert (answer.json()["name"], answer.json()["version"]) == ("新名称有限公司", 2)
        assert answer.json()["address"] == before.json()["address"]
        after = await clerk.get(f"{PATH}/{uscc}")
        assert after.json() == answer.json()
        assert after.headers["etag"] == answer.headers["etag"] != before.headers["etag"]

    async def test_the_editor_says_which_version_was_seen(self, town: Town, clerk: Caller) -> None:
        uscc = (await registered(town, clerk))["uscc"]
        etag = (await clerk.get(f"{PATH}/{uscc}")).headers["etag"]
        assert is_problem(await self.change(clerk, uscc, None, name="甲"), 428, "precondition_required")
        for stale in ('"999"', "garbage", "W/" + etag):
            answer = await self.change(clerk, uscc, stale, name="乙")
            assert is_problem(answer, 412, "precondition_failed"), stale
            assert answer.json()["current_etag"] == etag
        assert (await self.change(clerk, uscc, f'"999", {etag}', name="丙")).status_code == 200
        assert (await self.change(clerk, uscc, etag, name="丁")).status_code == 412
        assert (await self.change(clerk, uscc, "*", name="戊")).json()["version"] == 3

    async def test_no_difference_is_no_new_version(self, town: Town, clerk: Caller) -> None:
        body = await registered(town, clerk)
        for content in ({}, {"name": None}, {"name": body["name"], "address": body["address"]}):
            answer = await self.change(clerk, body["uscc"], "*", **content)
            assert (answer.status_code, answer.json()) == (200, body)

    async def test_the_identity_cannot_be_changed(self, holder: Holder, clerk: Caller, town: Town) -> None:
        answer = await self.change(clerk, holder.uscc, "*", uscc=town.new_uscc(), version=7)
        assert named(answer) == {("/uscc", "extra_forbidden"), ("/version", "extra_forbidden")}

    async def test_what_is_not_there_cannot_be_changed(self, clerk: Caller, town: Town) -> None:
        answer = await self.change(clerk, town.new_uscc(), "*", name="甲")
        assert is_problem(answer, 404, "enterprise_not_found")

    async def test_an_enterprise_changes_nothing_itself(self, holder: Holder) -> None:
        assert is_problem(await self.change(holder, holder.uscc, "*", name="甲"), 403, "forbidden")

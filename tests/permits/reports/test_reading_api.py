"""Reading execution reports: lists, versions, and what is not yours."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kit.pages import encode
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/reports"
OVER_HTTP = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """An enterprise with four reports, one of them accepted."""
    holder = await town.holder()
    submitted = [await holder.submitted() for _ in range(4)]
    path = f"{PATH}/{submitted[1]['report']['id']}/reviews"
    reviewer = await town.staff("reviewer")
    assert (await reviewer.post(path, {"version": 1, "decision": "accept"})).status_code == 201
    return holder


@pytest.fixture(scope="module")
async def rows(holder: Holder) -> list[dict[str, Any]]:
    (page,) = await walked(holder, PATH, limit=500)
    return page


class TestList:
    async def test_a_walk_one_by_one_gives_every_row_once_newest_first(
        self, holder: Holder, rows: list[dict[str, Any]], town: Town
    ) -> None:
        ids = [row["id"] for row in rows]
        assert len(set(ids)) == 4
        assert ids == sorted(ids, reverse=True)
        inspector = await town.staff("inspector")
        for caller, filters in ((holder, {}), (inspector, {"uscc": holder.uscc})):
            for limit in (1, 3, 4):
                pages = await walked(caller, PATH, limit=limit, **filters)
                assert [row for page in pages for row in page] == rows

    async def test_a_report_that_comes_during_the_walk_disturbs_no_page(self, town: Town) -> None:
        holder = await town.holder()
        first, second = [(await holder.submitted())["report"]["id"] for _ in range(2)]
        page = (await holder.get(PATH, limit=1)).json()
        assert [row["id"] for row in page["items"]] == [second]
        await holder.submitted()
        following = (await holder.get(PATH, limit=1, cursor=page["next_cursor"])).json()
        assert [row["id"] for row in following["items"]] == [first]

    async def test_the_filters_choose(self, holder: Holder, rows: list[dict[str, Any]]) -> None:
        for filters in (
            {"state": "accepted"},
            {"state": "submitted"},
            {"state": "returned"},
            {"kind": "quarterly"},
            {"kind": "annual", "state": "submitted"},
            {"permit_number": holder.permit["permit_number"]},
            {"uscc": holder.uscc},
        ):
            chosen = [row for row in rows if all(row[name] == value for name, value in filters.items())]
            assert await walked(holder, PATH, **filters) == [chosen], filters
        assert await walked(holder, PATH, permit_number=f"{holder.uscc}009P") == [[]]
        for year in ("2024", "2025", "2026"):
            chosen = [row for row in rows if row["period_end"].startswith(year)]
            assert await walked(holder, PATH, year=year) == [chosen], year
        for late in (True, False):
            assert await walked(holder, PATH, late=late) == [
                [row for row in rows if (row["days_late"] > 0) is late]
            ]

    async def test_a_report_in_time_is_not_among_the_late_ones(self, town: Town) -> None:
        holder = await town.holder(in_time=True)
        made = (await holder.submitted())["report"]["id"]
        assert [row["id"] for row in (await holder.get(PATH, late=False)).json()["items"]] == [made]
        assert await walked(holder, PATH, late=True) == [[]]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("state", "draft"),
            ("kind", "weekly"),
            ("uscc", "9" * 19),
            ("limit", "0"),
            ("year", "1999"),
            ("late", "x"),
        ],
    )
    async def test_a_filter_that_makes_no_sense_is_400(self, holder: Holder, name: str, value: str) -> None:
        answer = await holder.get(PATH, **{name: value})
        assert is_problem(answer, 400, "invalid_parameter")
        assert {where for where, _ in named(answer)} == {f"/query/{name}"}

    @OVER_HTTP
    @given(cursor=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60))
    async def test_any_text_as_a_cursor_is_a_bad_cursor(self, holder: Holder, cursor: str) -> None:
        assert is_problem(await holder.get(PATH, cursor=cursor), 400, "bad_cursor")

    @pytest.mark.parametrize(
        "key", [[], ["x"], ["x", "y"], ["\x00"], ["\ud800"], ["0" * 31], [str(uuid.UUID(int=0)), "x"]]
    )
    async def test_so_is_any_key_of_another_list(self, holder: Holder, key: list[str]) -> None:
        assert is_problem(await holder.get(PATH, cursor=encode(key)), 400, "bad_cursor")

    async def test_a_key_beyond_the_last_row_is_an_empty_page(self, holder: Holder) -> None:
        assert (await holder.get(PATH, cursor=encode([uuid.UUID(int=0)]))).json()["items"] == []

    @pytest.mark.parametrize("number", [0, 2**31, 2**40, 2**63 - 1, -(2**63)])
    async def test_a_cursor_of_any_number_is_a_page_of_versions(
        self, holder: Holder, rows: list[dict[str, Any]], number: int
    ) -> None:
        answer = await holder.get(f"{PATH}/{rows[0]['id']}/versions", cursor=encode([number]))
        assert answer.status_code == 200
        assert len(answer.json()["items"]) == (1 if number < 1 else 0)


class TestRead:
    async def test_an_unchanged_report_is_304_and_a_changed_one_is_not(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        path = f"{PATH}/{(await holder.submitted())['report']['id']}"
        etag = (await holder.get(path)).headers["etag"]
        assert (await holder.http.get(path, headers={"if-none-match": etag})).status_code == 304
        await reviewer.post(f"{path}/reviews", {"version": 1, "decision": "accept"})
        changed = await holder.http.get(path, headers={"if-none-match": etag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != etag

    async def test_head_says_what_get_would(self, holder: Holder, rows: list[dict[str, Any]]) -> None:
        path = f"{PATH}/{rows[0]['id']}"
        got, asked = await holder.get(path), await holder.http.head(path)
        assert (asked.status_code, asked.content) == (200, b"")
        for name in ("etag", "content-type", "content-length"):
            assert asked.headers[name] == got.headers[name]

    @pytest.mark.parametrize("version", ["0", "-1", "x", "1.5", str(2**31), "9" * 400])
    async def test_a_version_is_a_number_from_1(
        self, holder: Holder, rows: list[dict[str, Any]], version: str
    ) -> None:
        answer = await holder.get(f"{PATH}/{rows[0]['id']}/versions/{version}")
        assert is_problem(answer, 400, "invalid_parameter")
        assert {where for where, _ in named(answer)} == {"/path/version"}

    async def test_a_version_that_is_not_there_is_404(
        self, holder: Holder, rows: list[dict[str, Any]]
    ) -> None:
        answer = await holder.get(f"{PATH}/{rows[0]['id']}/versions/{2**31 - 1}")
        assert is_problem(answer, 404, "report_not_found")


class TestWhatIsNotYours:
    async def attempts(self, caller: Caller, report: str) -> list[Any]:
        path = f"{PATH}/{report}"
        content = {"production_days": 1, "values": [], "corrects_version": 1, "reason": "x"}
        return [
            await caller.get(path),
            await caller.get(f"{path}/versions"),
            await caller.get(f"{path}/versions/1"),
            await caller.post(f"{path}/versions", content),
        ]

    async def test_somebody_elses_report_is_404_for_reads_and_writes(
        self, town: Town, holder: Holder, rows: list[dict[str, Any]]
    ) -> None:
        other = await town.holder()
        for answer in await self.attempts(other, rows[0]["id"]):
            assert is_problem(answer, 404, "report_not_found")
        assert await walked(other, PATH) == [[]]
        assert await walked(other, PATH, uscc=holder.uscc) == [[]]

    async def test_it_is_the_same_answer_as_for_one_that_does_not_exist(
        self, town: Town, rows: list[dict[str, Any]]
    ) -> None:
        other = await town.holder()

        def without_instance(answer: Any) -> dict[str, Any]:
            return {name: value for name, value in answer.json().items() if name != "instance"}

        theirs = await self.attempts(other, rows[0]["id"])
        nobodys = await self.attempts(other, str(uuid.uuid4()))
        assert [without_instance(a) for a in theirs] == [without_instance(a) for a in nobodys]

    async def test_the_bureau_reads_it(self, town: Town, rows: list[dict[str, Any]]) -> None:
        inspector = await town.staff("inspector")
        assert (await inspector.get(f"{PATH}/{rows[0]['id']}")).status_code == 200

"""What the law makes public (排污许可管理条例 art. 23), read without signing in."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.permits.reading import is_problem, walked
from tests.support.town import Holder, Town

PERMITS, REPORTS = "/v1/permits/disclosure/permits", "/v1/permits/disclosure/reports"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


async def accepted(town: Town, holder: Holder) -> dict[str, Any]:
    """A report of the holder that was accepted: the answer to its submission."""
    submitted, reviewer = await holder.submitted(), await town.staff("reviewer")
    path = f"/v1/permits/reports/{submitted['report']['id']}/reviews"
    assert (await reviewer.post(path, {"version": 1, "decision": "accept"})).status_code == 201
    return submitted


class TestPermits:
    async def test_a_permit_is_public_with_its_outlets_and_limits(self, town: Town, holder: Holder) -> None:
        number = holder.permit["permit_number"]
        answer = await town.public.get(f"{PERMITS}/{number}")
        assert answer.status_code == 200
        assert answer.json()["outlets"] == holder.permit["outlets"]
        assert set(answer.json()) == {
            *("permit_number", "enterprise_name", "site_name", "management_class", "industry_code"),
            *("version", "valid_from", "valid_to", "issued_on", "outlets", "withheld", "standing"),
            *("plant_limits", "special_limits", "monitoring", "terms", "published_on"),
        }
        assert answer.json()["published_on"] == town.today.isoformat()
        (listed,) = (await town.public.get(PERMITS, params={"uscc": holder.uscc})).json()["items"]
        assert listed["published_on"] == town.today.isoformat()

    async def test_permits_are_found_by_name_and_by_uscc(self, town: Town, holder: Holder) -> None:
        (found,) = await walked(town.public, PERMITS, uscc=holder.uscc)
        assert [row["permit_number"] for row in found] == [holder.permit["permit_number"]]
        assert await walked(town.public, PERMITS, uscc=holder.uscc, name="热力") == [found]
        assert await walked(town.public, PERMITS, uscc=holder.uscc, name="%") == [[]]

    async def test_a_walk_one_by_one_gives_every_row_once(self, town: Town) -> None:
        holder, clerk = await town.holder(), await town.staff("clerk")
        permit = town.permit_content(holder.uscc, serial=2)
        assert (await clerk.post("/v1/permits/permits", permit)).status_code == 201
        pages = await walked(town.public, PERMITS, uscc=holder.uscc, limit=1)
        assert [row["permit_number"][-4:] for page in pages for row in page] == ["001P", "002P"]

    async def test_one_that_is_not_there_is_404(self, town: Town, holder: Holder) -> None:
        for number in (f"{holder.uscc}009P", "x"):
            assert is_problem(await town.public.get(f"{PERMITS}/{number}"), 404, "permit_not_found")


class TestReports:
    async def test_an_accepted_report_is_public_with_its_values_and_digest(self, town: Town) -> None:
        holder = await town.holder()
        submitted = await accepted(town, holder)
        answer = await town.public.get(f"{REPORTS}/{submitted['report']['id']}")
        assert answer.status_code == 200
        public = answer.json()
        assert public["document_sha256"] == submitted["receipt"]["document_sha256"]
        assert public["receipt_id"] == submitted["receipt"]["receipt_id"]
        by_key = {(value["outlet_code"], value["pollutant_code"]): value for value in public["values"]}
        sent = {
            (value["outlet_code"], value["pollutant_code"]): value
            for value in submitted["document"]["values"]
        }
        assert {key: {name: by_key[key][name] for name in line} for key, line in sent.items()} == sent
        assert by_key.keys() == sent.keys()
        summary = {name: public[name] for name in (*submitted["report"], "published_at") if name in public}
        read = (await holder.get(f"/v1/permits/reports/{submitted['report']['id']}")).json()
        assert public["published_at"] == read["reviews"][0]["reviewed_at"]
        (listed,) = await walked(town.public, REPORTS, uscc=holder.uscc)
        assert listed == [summary]

    async def test_no_report_is_public_before_it_was_accepted(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        report = (await holder.submitted())["report"]["id"]
        review = f"/v1/permits/reports/{report}/reviews"
        for decision in (None, "return"):
            if decision:
                content = {"version": 1, "decision": decision, "comment": "请核对"}
                assert (await reviewer.post(review, content)).status_code == 201
            assert is_problem(await town.public.get(f"{REPORTS}/{report}"), 404, "report_not_found")
            assert await walked(town.public, REPORTS, uscc=holder.uscc) == [[]]
        for number in (uuid.uuid4(), uuid.UUID(int=0)):
            assert is_problem(await town.public.get(f"{REPORTS}/{number}"), 404, "report_not_found")

    async def test_nothing_public_says_who_did_it_or_who_they_are(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        submitted = await accepted(town, holder)
        number = submitted["report"]["permit_number"]
        pages = [
            await walked(town.public, PERMITS, uscc=holder.uscc),
            await walked(town.public, REPORTS, uscc=holder.uscc),
            (await town.public.get(f"{REPORTS}/{submitted['report']['id']}")).json(),
            (await town.public.get(f"{PERMITS}/{number}")).json(),
        ]
        said = json.dumps(pages, ensure_ascii=False)
        for personal in (str(holder.account), holder.login, str(reviewer.account), reviewer.login, "张某某"):
            assert personal not in said
        for name in ("legal_representative", "submitted_by", "reviewer", "address", "comment", "reason"):
            assert f'"{name}"' not in said

    async def test_a_walk_one_by_one_gives_every_row_once_newest_first(self, town: Town) -> None:
        holder = await town.holder()
        made = [(await accepted(town, holder))["report"]["id"] for _ in range(3)]
        number = holder.permit["permit_number"]
        for limit in (1, 2, 3):
            pages = await walked(town.public, REPORTS, permit_number=number, limit=limit)
            assert [row["id"] for page in pages for row in page] == made[::-1]

    async def test_bad_parameters_are_400(self, town: Town) -> None:
        assert is_problem(await town.public.get(REPORTS, params={"cursor": "x"}), 400, "bad_cursor")
        for params in ({"limit": 0}, {"uscc": "9" * 19}, {"permit_number": "9" * 23}):
            answer = await town.public.get(REPORTS, params=params)
            assert is_problem(answer, 400, "invalid_parameter"), params


async def test_an_unchanged_public_page_is_304(town: Town, holder: Holder) -> None:
    for path in (PERMITS, f"{PERMITS}/{holder.permit['permit_number']}", REPORTS):
        params = {"uscc": holder.uscc}
        etag = (await town.public.get(path, params=params)).headers["etag"]
        answer = await town.public.get(path, params=params, headers={"if-none-match": etag})
        assert answer.status_code == 304


async def test_a_visitor_with_a_token_sees_the_same(town: Town, holder: Holder) -> None:
    path = f"{PERMITS}/{holder.permit['permit_number']}"
    assert (await holder.get(path)).json() == (await town.public.get(path)).json()

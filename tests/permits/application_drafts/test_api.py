"""Draft applications and dry runs: an agent prepares, the representative signs; over HTTP."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from services.kit.receipts import check_receipt
from tests.permits.applications.desk import PATH as APPLICATIONS
from tests.permits.applications.desk import Applicant, applicant, ok, proposal
from tests.permits.drafts.tokens import agent
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Town

PATH = "/v1/permits/application-drafts"


@pytest.fixture
async def one(town: Town) -> Applicant:
    return await applicant(town)


async def filed(by: Caller, content: dict[str, Any]) -> dict[str, Any]:
    return ok(await by.post(PATH, content))


async def sign(caller: Caller, draft: dict[str, Any], version: int | None = None) -> Any:
    return await caller.post(f"{PATH}/{draft['id']}/signature", {"version": version or draft["version"]})


async def put(caller: Caller, draft: dict[str, Any], content: Any, **headers: str) -> Any:
    return await caller.http.put(f"{PATH}/{draft['id']}", json=content, headers=headers)


class TestFiling:
    async def test_an_agent_prepares_and_only_the_representative_signs(
        self, town: Town, one: Applicant
    ) -> None:
        preparer = await agent(town, one)
        draft = await filed(preparer, one.application())
        assert (draft["state"], draft["version"], draft["findings"]) == ("open", 1, [])
        assert draft["filed_by"] == str(preparer.account)
        assert draft["filed_under"].endswith(".1")
        assert is_problem(await sign(preparer, draft), 403, "forbidden")
        assert is_problem(await preparer.post(APPLICATIONS, one.application()), 403, "forbidden")
        assert await walked(one.caller, APPLICATIONS) == [[]]

        application = ok(await sign(one.caller, draft))
        assert (application["state"], application["site_name"]) == ("submitted", draft["site_name"])
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        newest = application["newest"]
        receipt = check_receipt(newest["receipt"]["jws"], keys, document=newest["document"])
        assert (receipt.on_behalf_of, receipt.submitted_by) == (one.uscc, str(one.caller.account))
        after = (await preparer.get(f"{PATH}/{draft['id']}")).json()
        assert (after["state"], after["application_id"]) == ("signed", application["id"])
        assert is_problem(await sign(one.caller, draft, 2), 409, "draft_ended")

    async def test_what_the_rules_find_is_shown_and_refuses_only_the_signature(self, one: Applicant) -> None:
        broken = one.application(eia_ids=[], permit_number=f"{one.uscc}001P")
        draft = await filed(one.caller, broken)
        found = {(each["pointer"], each["code"]) for each in draft["findings"]}
        assert {pointer for pointer, _ in found} == {"/eia_ids", "/permit_number"}
        refused = await sign(one.caller, draft)
        assert is_problem(refused, 422, "application_invalid")
        assert named(refused) == found
        mended = {name: each for name, each in one.application().items() if name in draft["content"]}
        changed = await put(one.caller, draft, mended, **{"If-Match": '"1"'})
        assert [each["pointer"] for each in changed.json()["findings"]] == ["/permit_number"]

    async def test_a_signature_is_for_what_was_read_and_a_change_needs_it_too(self, one: Applicant) -> None:
        draft = await filed(one.caller, one.application())
        content = {**draft["content"], "reason": "新建锅炉"}
        assert is_problem(await put(one.caller, draft, content), 428, "precondition_required")
        assert (await put(one.caller, draft, content, **{"If-Match": '"1"'})).status_code == 200
        stale = await put(one.caller, draft, content, **{"If-Match": '"1"'})
        assert is_problem(stale, 412, "precondition_failed")
        assert is_problem(await sign(one.caller, draft), 409, "draft_changed")
        assert ok(await sign(one.caller, draft, 2))["newest"]["document"]["reason"] == "新建锅炉"

    async def test_one_open_draft_for_a_site_even_for_two_that_come_at_once(
        self, town: Town, one: Applicant
    ) -> None:
        preparer, sent = await agent(town, one), one.application()
        answers = await asyncio.gather(one.caller.post(PATH, sent), preparer.post(PATH, sent))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert {answer.json().get("code") for answer in answers} == {None, "application_draft_open"}
        made = next(answer for answer in answers if answer.status_code == 201).json()
        ended = await one.caller.post(f"{PATH}/{made['id']}/discard", None, **{"If-Match": '"1"'})
        assert (ended.status_code, ended.json()["state"]) == (200, "discarded")
        second = await filed(one.caller, sent)
        other = await filed(one.caller, one.application(content=proposal(site_name="二号厂区")))
        moved = {**other["content"], "content": proposal()}
        clash = await put(one.caller, other, moved, **{"If-Match": "*"})
        assert is_problem(clash, 409, "application_draft_open")
        (listed,) = await walked(one.caller, PATH, state="open")
        assert [each["id"] for each in listed] == [other["id"], second["id"]]

    async def test_two_signatures_at_once_are_one_application(self, one: Applicant) -> None:
        draft = await filed(one.caller, one.application())
        answers = await asyncio.gather(*(sign(one.caller, draft) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


class TestManySignatures:
    async def test_each_is_signed_or_refused_by_itself_with_its_own_receipt(
        self, town: Town, one: Applicant
    ) -> None:
        preparer = await agent(town, one)
        good, stale, broken, other = [
            await filed(preparer, one.application(content=proposal(site_name=site), **changes))
            for site, changes in (("甲", {}), ("乙", {}), ("丙", {"eia_ids": []}), ("丁", {}))
        ]
        named_ = [{"draft_id": each["id"], "version": 1} for each in (good, stale, broken, other)]
        named_[1]["version"] = 7
        named_.append({"draft_id": str(uuid.uuid4()), "version": 1})
        assert is_problem(await preparer.post(f"{PATH}/signatures", {"drafts": named_}), 403, "forbidden")
        answer = await one.caller.post(f"{PATH}/signatures", {"drafts": named_})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        results = body["results"]
        assert (body["accepted"], body["refused"]) == (2, 3)
        assert [each["code"] for each in results] == [
            None,
            "draft_changed",
            "application_invalid",
            None,
            "draft_not_found",
        ]
        assert [(each["pointer"], each["code"]) for each in results[2]["errors"]] == [
            ("/eia_ids", "eia_missing")
        ]
        said = [(bool(each["detail_zh"]), bool(each["detail_en"])) for each in results]
        assert said == [(each["code"] is not None,) * 2 for each in results]
        assert [each["draft_id"] for each in results] == [
            *(each["id"] for each in (good, stale, broken, other)),
            None,
        ]
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        for each in (results[0], results[3]):
            application = (await one.caller.get(f"{APPLICATIONS}/{each['application_id']}")).json()
            receipt = check_receipt(each["receipt"]["jws"], keys, document=application["newest"]["document"])
            assert (receipt.on_behalf_of, each["application_version"]) == (one.uscc, 1)
        (listed,) = await walked(one.caller, APPLICATIONS)
        assert len(listed) == 2
        (left,) = await walked(one.caller, PATH, state="open")
        assert {each["id"] for each in left} == {stale["id"], broken["id"]}

    async def test_two_requests_at_once_make_each_application_once(self, one: Applicant) -> None:
        drafts = [
            await filed(one.caller, one.application(content=proposal(site_name=site))) for site in "甲乙丙"
        ]
        named_ = [{"draft_id": each["id"], "version": 1} for each in drafts]
        answers = await asyncio.gather(
            one.caller.post(f"{PATH}/signatures", {"drafts": named_}),
            one.caller.post(f"{PATH}/signatures", {"drafts": named_[::-1]}),
        )
        assert [answer.status_code for answer in answers] == [200, 200]
        assert sum(answer.json()["accepted"] for answer in answers) == 3
        codes = {each["code"] for answer in answers for each in answer.json()["results"]}
        assert codes == {None, "draft_ended"}

    async def test_one_that_is_named_twice_is_signed_once_and_said_so(self, one: Applicant) -> None:
        draft = await filed(one.caller, one.application())
        twice = [{"draft_id": draft["id"], "version": 1}] * 2
        results = (await one.caller.post(f"{PATH}/signatures", {"drafts": twice})).json()["results"]
        assert [(each["result"], each["code"]) for each in results] == [
            ("accepted", None),
            ("refused", "draft_ended"),
        ]


class TestCorrecting:
    async def test_an_agent_prepares_what_the_notice_asks_for(self, town: Town, one: Applicant) -> None:
        preparer = await agent(town, one)
        application = ok(await sign(one.caller, await filed(preparer, one.application())))
        early = {**one.application(), "corrects": {"application_id": application["id"], "version": 1}}
        assert is_problem(await preparer.post(PATH, early), 409, "application_step_not_open")
        notify = {"outcome": "notify", "items": ["补充监测方案"]}
        ok(await one.step("clerk", application, "completeness", notify))
        newer = {**early, "corrects": {**early["corrects"], "version": 2}}
        assert is_problem(await preparer.post(PATH, newer), 409, "application_superseded")
        other_kind = {**early, "kind": "change"}
        found = await preparer.post(PATH, other_kind)
        assert is_problem(found, 422, "application_draft_invalid")
        assert named(found) == {("/kind", "not_of_the_application")}
        draft = await filed(preparer, {**early, "reason": "已补充"})
        assert (draft["corrects_version"], draft["application_id"]) == (1, application["id"])
        assert draft["findings"] == []
        signed = ok(await sign(one.caller, draft))
        assert (signed["id"], signed["version"], signed["state"]) == (application["id"], 2, "submitted")


class TestDryRun:
    async def test_all_errors_at_once_and_nothing_is_filed(self, town: Town, one: Applicant) -> None:
        preparer = await agent(town, one)
        answer = await preparer.post(f"{APPLICATIONS}/checks", one.application())
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"acceptable": True, "errors": [], "remarks": []}
        broken = one.application(eia_ids=[], permit_number=f"{one.uscc}001P")
        said = (await preparer.post(f"{APPLICATIONS}/checks", broken)).json()
        assert said["acceptable"] is False
        assert all(each["detail_zh"] and each["detail_en"] for each in said["errors"])
        refused = await one.caller.post(APPLICATIONS, broken)
        assert named(refused) == {(each["pointer"], each["code"]) for each in said["errors"]}
        shape = await preparer.post(f"{APPLICATIONS}/checks", {**broken, "reason": 7})
        assert shape.status_code == 422
        assert {("/reason", "string_type"), *named(refused)} == named(shape)
        assert await walked(one.caller, APPLICATIONS) == [[]]

    async def test_it_says_that_the_site_has_an_application_and_what_the_applicant_is_told(
        self, one: Applicant
    ) -> None:
        await one.applied()
        said = (await one.caller.post(f"{APPLICATIONS}/checks", one.application())).json()
        assert [(each["pointer"], each["code"]) for each in said["errors"]] == [
            ("/content/site_name", "application_open")
        ]

    async def test_late_is_told_beforehand(self, town: Town) -> None:
        one = await applicant(town)
        await one.granted()
        moved = {"name": town.enterprise_content(one.uscc)["name"], "address": "新址一号"}
        change = one.application(
            kind="change", permit_number=one.number, changed_on="2024-01-01", enterprise=moved
        )
        said = (await one.caller.post(f"{APPLICATIONS}/checks", change)).json()
        assert [each["code"] for each in said["remarks"]] == ["change_late"], said


class TestWhoMay:
    async def test_an_agent_of_one_site_prepares_what_is_about_its_permit(self, town: Town) -> None:
        one = await applicant(town)
        await one.granted()
        of_site = await agent(town, one, sites=[one.number])
        first = await of_site.post(PATH, one.application(content=proposal(site_name="二号厂区")))
        assert is_problem(first, 404, "enterprise_not_found")
        renewal = one.application(kind="renewal", permit_number=one.number)
        draft = await filed(of_site, renewal)
        assert (await of_site.get(f"{PATH}/{draft['id']}")).status_code == 200

    async def test_neither_the_bureau_nor_another_enterprise_sees_a_draft(
        self, town: Town, one: Applicant
    ) -> None:
        draft, other = await filed(one.caller, one.application()), await applicant(town)
        assert is_problem(await other.caller.get(f"{PATH}/{draft['id']}"), 404, "draft_not_found")
        assert is_problem(await sign(other.caller, draft), 404, "draft_not_found")
        assert is_problem(await other.caller.post(PATH, one.application()), 404, "enterprise_not_found")
        checked = await other.caller.post(f"{APPLICATIONS}/checks", one.application())
        assert is_problem(checked, 404, "enterprise_not_found")
        assert is_problem(await one.caller.get(f"{PATH}/{uuid.uuid4()}"), 404, "draft_not_found")
        for role in ("clerk", "reviewer", "approver"):
            staff = await town.staff(role)
            assert (await staff.get(f"{PATH}/{draft['id']}")).status_code == 403

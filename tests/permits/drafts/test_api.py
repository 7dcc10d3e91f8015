"""Draft reports: filed by whoever prepares them, signed by the representative; over HTTP."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from services.kit.receipts import check_receipt
from tests.permits.drafts.tokens import agent
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

PATH, REPORTS = "/v1/permits/drafts", "/v1/permits/reports"


@pytest.fixture
async def holder(town: Town) -> Holder:
    return await town.holder()


async def filed(holder: Holder, by: Caller, index: int = 0, **changes: Any) -> dict[str, Any]:
    answer = await by.post(PATH, {**await holder.report(index), **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def put(caller: Caller, draft: dict[str, Any], content: Any, **headers: str) -> Any:
    return await caller.http.put(f"{PATH}/{draft['id']}", json=content, headers=headers)


async def sign(caller: Caller, draft: dict[str, Any], version: int | None = None) -> Any:
    return await caller.post(f"{PATH}/{draft['id']}/signature", {"version": version or draft["version"]})


class TestFiling:
    async def test_an_agent_files_and_the_representative_signs_it_into_the_report(
        self, town: Town, holder: Holder
    ) -> None:
        preparer = await agent(town, holder)
        draft = await filed(holder, preparer)
        assert (draft["state"], draft["version"], draft["findings"]) == ("open", 1, [])
        assert draft["filed_by"] == str(preparer.account)
        assert draft["filed_under"].endswith(".1")
        signed = await sign(holder, draft)
        body = signed.json()
        assert signed.status_code == 201, signed.text
        assert signed.headers["location"] == f"{REPORTS}/{body['report']['id']}"
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        receipt = check_receipt(body["receipt"]["jws"], keys, document=body["document"])
        assert (receipt.on_behalf_of, receipt.submitted_by) == (holder.uscc, str(holder.account))
        after = (await preparer.get(f"{PATH}/{draft['id']}")).json()
        assert (after["state"], after["version"], after["report_id"]) == ("signed", 2, body["report"]["id"])
        stated = {n: body["document"][n] for n in draft["content"] if n != "values"}
        assert stated == {n: each for n, each in draft["content"].items() if n != "values"}
        lines = [
            {n: each[n] for n in line}
            for each, line in zip(draft["content"]["values"], body["document"]["values"], strict=True)
        ]
        assert lines == body["document"]["values"]

    async def test_what_the_rules_find_is_shown_and_refuses_only_the_signature(self, holder: Holder) -> None:
        draft = await filed(holder, holder, production_days=99, values=[])
        found = {(each["pointer"], each["code"]) for each in draft["findings"]}
        assert ("/production_days", "too_many_days") in found
        assert ("/values", "value_missing") in found
        assert all(each["detail_zh"] and each["detail_en"] for each in draft["findings"])
        refused = await sign(holder, draft)
        assert is_problem(refused, 422, "report_invalid")
        assert named(refused) == found
        again = (await holder.get(f"{PATH}/{draft['id']}")).json()
        assert (again["state"], again["version"]) == ("open", 1)
        assert await walked(holder, REPORTS) == [[]]

    async def test_one_open_draft_for_an_obligation_even_for_two_that_come_at_once(
        self, town: Town, holder: Holder
    ) -> None:
        sent, preparer = await holder.report(), await agent(town, holder)
        answers = await asyncio.gather(holder.post(PATH, sent), preparer.post(PATH, sent))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        refused = next(answer for answer in answers if answer.status_code == 409)
        made = next(answer for answer in answers if answer.status_code == 201).json()
        assert is_problem(refused, 409, "draft_open")
        assert refused.json()["draft"] == f"{PATH}/{made['id']}"

    async def test_a_reported_period_takes_no_draft(self, holder: Holder) -> None:
        sent = await holder.report()
        assert (await holder.post(REPORTS, sent)).status_code == 201
        assert is_problem(await holder.post(PATH, sent), 409, "already_reported")

    async def test_a_draft_that_was_overtaken_by_a_report_cannot_be_signed(self, holder: Holder) -> None:
        sent = await holder.report()
        draft = (await holder.post(PATH, sent)).json()
        assert (await holder.post(REPORTS, sent)).status_code == 201
        assert is_problem(await sign(holder, draft), 409, "already_reported")


class TestChanging:
    async def test_a_change_needs_the_version_that_was_read(self, holder: Holder) -> None:
        draft = await filed(holder, holder)
        content = {**draft["content"], "production_days": 70}
        assert is_problem(await put(holder, draft, content), 428, "precondition_required")
        changed = await put(holder, draft, content, **{"If-Match": '"1"'})
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        assert changed.json()["content"]["production_days"] == 70
        stale = await put(holder, draft, draft["content"], **{"If-Match": '"1"'})
        assert is_problem(stale, 412, "precondition_failed")

    async def test_a_signature_is_for_what_was_read_and_nothing_newer(self, holder: Holder) -> None:
        draft = await filed(holder, holder)
        content = {**draft["content"], "production_days": 70}
        assert (await put(holder, draft, content, **{"If-Match": "*"})).status_code == 200
        refused = await sign(holder, draft)
        assert is_problem(refused, 409, "draft_changed")
        assert refused.json()["version"] == 2
        assert (await sign(holder, draft, 2)).json()["document"]["production_days"] == 70

    async def test_two_signatures_at_once_are_one_report(self, holder: Holder) -> None:
        draft = await filed(holder, holder)
        answers = await asyncio.gather(*(sign(holder, draft) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        assert len((await walked(holder, REPORTS))[0]) == 1

    async def test_a_discarded_draft_has_ended_and_the_period_is_filed_for_anew(self, holder: Holder) -> None:
        draft = await filed(holder, holder)
        ended = await holder.post(f"{PATH}/{draft['id']}/discard", None, **{"If-Match": '"1"'})
        assert (ended.status_code, ended.json()["state"]) == (200, "discarded")
        assert is_problem(await sign(holder, draft, 2), 409, "draft_ended")
        assert is_problem(await put(holder, draft, draft["content"], **{"If-Match": "*"}), 409, "draft_ended")
        assert (await filed(holder, holder))["id"] != draft["id"]
        listed = await holder.get(PATH, state="open")
        assert len(listed.json()["items"]) == 1


class TestCorrecting:
    async def test_a_returned_report_is_corrected_by_the_agent_and_signed_by_the_representative(
        self, town: Town, holder: Holder
    ) -> None:
        preparer, reviewer = await agent(town, holder), await town.staff("reviewer")
        first = (await sign(holder, await filed(holder, preparer))).json()
        review = f"{REPORTS}/{first['report']['id']}/reviews"
        returned = {"version": 1, "decision": "return", "comment": "抄录有误"}
        assert (await reviewer.post(review, returned)).status_code == 201
        sent = {
            "obligation_id": first["report"]["obligation_id"],
            "production_days": 79,
            "values": first["document"]["values"],
            "corrects": {"version": 1, "reason": "抄录有误"},
        }
        draft = await preparer.post(PATH, sent)
        assert draft.status_code == 201, draft.text
        assert (draft.json()["corrects_version"], draft.json()["reason"]) == (1, "抄录有误")
        assert is_problem(await sign(preparer, draft.json()), 403, "forbidden")
        signed = await sign(holder, draft.json())
        assert signed.status_code == 201, signed.text
        body = signed.json()
        assert (body["version"], body["report"]["state"]) == (2, "submitted")
        assert (body["document"]["production_days"], body["document"]["corrects_version"]) == (79, 1)
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        receipt = check_receipt(body["receipt"]["jws"], keys, document=body["document"])
        assert receipt.submitted_by == str(holder.account)
        listed = (await holder.get(PATH, state="signed")).json()["items"]
        assert {each["report_id"] for each in listed} == {first["report"]["id"]}

    async def test_what_cannot_be_corrected_is_not_filed(self, town: Town, holder: Holder) -> None:
        reviewer, sent = await town.staff("reviewer"), await holder.report()
        corrects = {"version": 1, "reason": "抄录有误"}
        early = await holder.post(PATH, {**sent, "corrects": corrects})
        assert is_problem(early, 409, "nothing_to_correct")
        report = (await holder.post(REPORTS, sent)).json()["report"]
        newer = await holder.post(PATH, {**sent, "corrects": {**corrects, "version": 2}})
        assert is_problem(newer, 409, "version_superseded")
        review = {"version": 1, "decision": "accept"}
        assert (await reviewer.post(f"{REPORTS}/{report['id']}/reviews", review)).status_code == 201
        late = await holder.post(PATH, {**sent, "corrects": corrects})
        assert is_problem(late, 409, "step_not_open")

    async def test_a_correction_that_was_overtaken_cannot_be_signed(self, holder: Holder) -> None:
        first = await holder.submitted()
        values = {"production_days": 79, "values": first["document"]["values"]}
        corrects = {"version": 1, "reason": "抄录有误"}
        sent = {**values, "obligation_id": first["report"]["obligation_id"], "corrects": corrects}
        draft = (await holder.post(PATH, sent)).json()
        direct = {**values, "corrects_version": 1, "reason": "抄录有误"}
        path = f"{REPORTS}/{first['report']['id']}/versions"
        assert (await holder.post(path, direct)).status_code == 201
        assert is_problem(await sign(holder, draft), 409, "version_superseded")


class TestWhoMay:
    @pytest.mark.parametrize("verb", ["permits:submit", "permits:sign", "waste:submit", "credit:state"])
    async def test_an_agent_does_not_sign_whatever_its_token_says(
        self, town: Town, holder: Holder, verb: str
    ) -> None:
        preparer = await agent(town, holder, scope=f"permits:read permits:file permits:submit {verb}")
        draft = await filed(holder, preparer)
        refused = await sign(preparer, draft)
        assert is_problem(refused, 403, "forbidden")
        assert refused.json()["missing_scopes"] == ["permits:submit"]
        assert is_problem(await preparer.post(REPORTS, await holder.report()), 403, "forbidden")

    async def test_the_bureau_sees_no_draft(self, town: Town, holder: Holder) -> None:
        draft = await filed(holder, holder)
        for role in ("clerk", "reviewer", "approver", "inspector"):
            staff = await town.staff(role)
            for path in (PATH, f"{PATH}/{draft['id']}"):
                assert is_problem(await staff.get(path), 403, "forbidden")

    async def test_another_enterprises_draft_is_not_there(self, town: Town, holder: Holder) -> None:
        draft, other = await filed(holder, holder), await town.holder()
        assert is_problem(await other.get(f"{PATH}/{draft['id']}"), 404, "draft_not_found")
        assert is_problem(await sign(other, draft), 404, "draft_not_found")
        assert await walked(other, PATH) == [[]]
        assert is_problem(await holder.get(f"{PATH}/{uuid.uuid4()}"), 404, "draft_not_found")

    async def test_the_trail_says_who_filed_under_which_delegation_and_holds_no_figures(
        self, town: Town, holder: Holder
    ) -> None:
        draft = await filed(holder, await agent(town, holder))
        await sign(holder, draft)
        database = town.stack.apps["permits"].state.kit.database
        async with database.engine.connect() as connection:
            found = await connection.exec_driver_sql(
                "SELECT action, actor, authority, duty, counterparts, after FROM audit_log "
                "WHERE entity_id = $1 ORDER BY id",
                (draft["id"],),
            )
            rows = found.all()
        assert [(row.action, row.actor) for row in rows] == [
            ("permits.draft_filed.v1", draft["filed_by"]),
            ("permits.draft_signed.v1", str(holder.account)),
        ]
        assert (rows[0].authority, rows[0].duty) == (draft["filed_under"], None)
        assert (rows[1].authority, rows[1].duty) == (None, "sign")
        assert rows[1].counterparts == [draft["filed_by"]]
        assert "values" not in str([row.after for row in rows])

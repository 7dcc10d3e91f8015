"""Credit records through the gateway: entered by one, approved by another, then in the log."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.support.credit import Bureau, body, compliance, violation


class TestEnter:
    async def test_a_record_starts_as_a_draft_with_the_points_of_its_day(self, bureau: Bureau) -> None:
        content = violation(bureau.town, bureau.new_uscc())
        answer = await bureau.clerk.post("/v1/credit/records", content)
        record = body(answer, 201)
        assert answer.headers["location"] == f"/v1/credit/records/{record['id']}"
        assert (record["state"], record["points"], record["log_index"]) == ("draft", "-3", None)
        assert record["effective_from"] == (bureau.town.today - timedelta(days=5)).isoformat()

    async def test_the_same_document_for_the_same_enterprise_is_409_with_the_existing_record(
        self, bureau: Bureau
    ) -> None:
        content = violation(bureau.town, bureau.new_uscc())
        first = await bureau.entered(content)
        again = {
            **content,
            "document_number": content["document_number"].replace("〔", " [").replace("〕", "]"),
        }
        refused = body(await bureau.clerk.post("/v1/credit/records", again), 409)
        assert refused["code"] == "record_exists"
        assert refused["record"] == f"/v1/credit/records/{first['id']}"

    async def test_one_document_may_be_about_two_enterprises(self, bureau: Bureau) -> None:
        content = violation(bureau.town, bureau.new_uscc())
        await bureau.entered(content)
        await bureau.entered({**content, "uscc": bureau.new_uscc()})

    async def test_two_at_once_with_one_document_give_one_record(self, bureau: Bureau) -> None:
        content = violation(bureau.town, bureau.new_uscc())
        answers = await asyncio.gather(*(bureau.clerk.post("/v1/credit/records", content) for _ in range(5)))
        made = [answer for answer in answers if answer.status_code == 201]
        assert len(made) == 1
        for answer in answers:
            if answer not in made:
                assert body(answer, 409)["record"] == f"/v1/credit/records/{made[0].json()['id']}"

    async def test_every_error_is_named_at_once(self, bureau: Bureau) -> None:
        tomorrow = (bureau.town.today + timedelta(days=1)).isoformat()
        wrong = compliance(
            bureau.town,
            bureau.new_uscc(),
            act_date=tomorrow,
            fine_cny="5.00",
            severity="minor",
            clause="none_such",
        )
        refused = body(await bureau.clerk.post("/v1/credit/records", wrong), 422)
        assert {(error["pointer"], error["code"]) for error in refused["errors"]} == {
            ("/decision_date", "dates_reversed"),
            ("/act_date", "date_in_future"),
            ("/clause", "clause_unknown"),
            ("/severity", "class_of_other_kind"),
            ("/severity_basis", "class_without_basis"),
            ("/fine_cny", "fine_of_other_kind"),
        }

    async def test_shape_and_rules_are_refused_together(self, bureau: Bureau) -> None:
        wrong = violation(bureau.town, bureau.new_uscc(), clause=None, summary="", fine_cny=5)
        refused = body(await bureau.clerk.post("/v1/credit/records", wrong), 422)
        codes = {error["pointer"]: error["code"] for error in refused["errors"]}
        assert codes["/clause"] == "clause_required"
        assert {"/summary", "/fine_cny"} <= codes.keys()

    async def test_nobody_but_a_clerk_enters_records(self, bureau: Bureau) -> None:
        uscc, enterprise = await bureau.enterprise()
        content = violation(bureau.town, uscc)
        assert (await enterprise.post("/v1/credit/records", content)).status_code == 403
        assert (await bureau.approver.post("/v1/credit/records", content)).status_code == 403


class TestApproval:
    async def test_an_approved_record_has_its_place_in_the_log(self, bureau: Bureau) -> None:
        record = await bureau.admitted(violation(bureau.town, bureau.new_uscc()))
        assert record["state"] == "approved"
        assert record["recorded_at"] is not None
        checkpoint = (await bureau.town.public.get("/v1/credit/log/checkpoint")).text
        assert int(checkpoint.split("\n")[1]) > record["log_index"]

    async def test_whoever_entered_a_record_does_not_approve_it(self, bureau: Bureau) -> None:
        both = await bureau.town.caller(
            f"both.{bureau.new_uscc().lower()}", roles=["clerk", "approver"], usccs=[]
        )
        record = body(await both.post("/v1/credit/records", violation(bureau.town, bureau.new_uscc())), 201)
        await bureau.clerk.post(f"/v1/credit/records/{record['id']}/submission", {})
        decision = {"version": 1, "decision": "approve"}
        refused = body(await both.post(f"/v1/credit/records/{record['id']}/decisions", decision), 409)
        assert refused["code"] == "four_eyes"

    async def test_a_draft_cannot_be_approved(self, bureau: Bureau) -> None:
        record = await bureau.entered(violation(bureau.town, bureau.new_uscc()))
        refused = body(await bureau.decide(record), 409)
        assert (refused["code"], refused["state"]) == ("step_not_open", "draft")

    async def test_an_approval_is_for_the_version_that_was_read(self, bureau: Bureau) -> None:
        record = await bureau.pending(violation(bureau.town, bureau.new_uscc()))
        refused = body(await bureau.decide({**record, "version": 2}), 409)
        assert refused["code"] == "version_superseded"

    async def test_a_rejection_needs_a_comment_and_lets_the_record_be_revised(self, bureau: Bureau) -> None:
        content = violation(bureau.town, bureau.new_uscc())
        record = await bureau.pending(content)
        assert body(await bureau.decide(record, "reject"), 422)["code"] == "comment_required"
        rejected = body(await bureau.decide(record, "reject", comment="罚款数额与决定书不符"), 201)
        assert (rejected["state"], rejected["log_index"]) == ("rejected", None)
        path = f"/v1/credit/records/{record['id']}"
        etag = (await bureau.clerk.get(path)).headers["etag"]
        revised = {name: value for name, value in content.items() if name != "uscc"} | {
            "fine_cny": "90000.00"
        }
        assert (await bureau.clerk.http.put(path, json=revised)).status_code == 428
        answer = await bureau.clerk.http.put(path, json=revised, headers={"If-Match": etag})
        now = body(answer)
        assert (now["state"], now["version"], now["fine_cny"]) == ("draft", 2, "90000.00")
        assert now["decision_comment"] is None

    async def test_an_approved_record_cannot_be_revised(self, bureau: Bureau) -> None:
        content = violation(bureau.town, bureau.new_uscc())
        record = await bureau.admitted(content)
        revised = {name: value for name, value in content.items() if name != "uscc"}
        answer = await bureau.clerk.http.put(
            f"/v1/credit/records/{record['id']}", json=revised, headers={"If-Match": "*"}
        )
        assert body(answer, 409)["code"] == "step_not_open"

    async def test_ten_approvals_of_one_record_at_once_admit_it_once(self, bureau: Bureau) -> None:
        record = await bureau.pending(violation(bureau.town, bureau.new_uscc()))
        answers = await asyncio.gather(*(bureau.decide(record) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]


class TestRead:
    async def test_an_enterprise_sees_its_own_records_once_approved(self, bureau: Bureau) -> None:
        uscc, enterprise = await bureau.enterprise()
        draft = await bureau.entered(violation(bureau.town, uscc))
        assert (await enterprise.get(f"/v1/credit/records/{draft['id']}")).status_code == 404
        admitted = await bureau.admitted(violation(bureau.town, uscc))
        assert body(await enterprise.get("/v1/credit/records"))["items"] == [admitted]

    async def test_another_enterprise_s_record_is_not_there(self, bureau: Bureau) -> None:
        admitted = await bureau.admitted(violation(bureau.town, bureau.new_uscc()))
        _, other = await bureau.enterprise()
        answer = await other.get(f"/v1/credit/records/{admitted['id']}")
        assert body(answer, 404)["code"] == "record_not_found"

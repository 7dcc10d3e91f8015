"""The review of an application and its checklist, four eyes, and the EIA that it rests on, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permits.applications.desk import (
    EIA,
    MET,
    PATH,
    Applicant,
    applicant,
    eia_document,
    everything,
    ok,
    refused,
)
from tests.support.town import Town


@pytest.fixture
async def one(town: Town) -> Applicant:
    return await applicant(town)


def steps(application: dict[str, Any]) -> list[str]:
    return [each["step"] for each in application["history"]]


class TestReview:
    """条例 art. 10, 11; 行政许可法 art. 45."""

    async def test_no_proposal_to_grant_without_every_condition_met(self, one: Applicant) -> None:
        application, grant = await one.accepted(), {"proposal": "grant"}
        refused(await one.step("reviewer", application, "review", grant), 409, "checklist_incomplete")
        failed = {
            "findings": [
                *MET["findings"][1:],
                {"item": "eia", "outcome": "not_met", "comment": "批复与项目不符"},
            ]
        }
        application = ok(await one.step("reviewer", application, "findings", failed))
        refused(await one.step("reviewer", application, "review", grant), 409, "condition_not_met")
        refuse = {"proposal": "refuse", "comment": "环评批复与项目不符"}
        application = ok(await one.step("reviewer", application, "review", refuse))
        grant_anyway = {"outcome": "grant", "permit_number": one.number}
        refused(await one.step("approver", application, "decision", grant_anyway), 409, "condition_not_met")
        returned = {"outcome": "return", "reason": "请再核对环评"}
        application = ok(await one.step("approver", application, "decision", returned))
        assert application["state"] == "accepted"
        mended = {"findings": [{"item": "eia", "outcome": "met"}]}
        application = ok(await one.step("reviewer", application, "findings", mended))
        ok(await one.step("reviewer", application, "review", grant))

    async def test_what_a_finding_needs_is_said_at_once(self, one: Applicant) -> None:
        content = {
            "findings": [
                {"item": "eia", "outcome": "not_met"},
                {"item": "eia", "outcome": "met"},
                {"item": "controls", "outcome": "unaffected", "comment": "未变"},
            ]
        }
        answer = await one.step("reviewer", await one.accepted(), "findings", content)
        found = refused(answer, 422, "application_invalid")
        assert {(each["pointer"], each["code"]) for each in found["errors"]} == {
            ("/findings/0/comment", "comment_required"),
            ("/findings/1/item", "item_repeated"),
            ("/findings/2/outcome", "item_affected"),
        }

    async def test_a_site_check_is_made_before_the_review_ends(self, town: Town, one: Applicant) -> None:
        application = await one.accepted()
        seen = {
            "visited_on": town.today.isoformat(),
            "inspectors": ["王某", "李某"],
            "result": "与申请一致",
        }
        early = await one.step("reviewer", application, "site-check-record", seen)
        refused(early, 409, "site_check_not_ordered")
        for day in ("1900-01-01", "9999-12-31"):
            order = {"reason": "核对排放口位置", "planned_on": day}
            answer = await one.step("reviewer", application, "site-check", order)
            assert [each["code"] for each in answer.json()["errors"]] == ["planned_out_of_time"]
        order = {"reason": "核对排放口位置", "planned_on": town.today.isoformat()}
        ok(await one.step("reviewer", application, "site-check", order))
        twice = await one.step("reviewer", application, "site-check", {"reason": "再看"})
        refused(twice, 409, "site_check_ordered")
        ok(await one.step("reviewer", application, "findings", MET))
        grant = {"proposal": "grant"}
        refused(await one.step("reviewer", application, "review", grant), 409, "site_check_pending")
        before_order = {**seen, "visited_on": "2020-01-01"}
        answer = await one.step("reviewer", application, "site-check-record", before_order)
        assert refused(answer, 422, "application_invalid")["errors"][0]["code"] == "visited_out_of_time"
        alone = {**seen, "inspectors": ["王某", "王某"]}
        answer = await one.step("reviewer", application, "site-check-record", alone)
        assert refused(answer, 422, "application_invalid")["errors"][0]["code"] == "inspector_repeated"
        for names in (["王某", "王 某"], ["wang", "ＷＡＮＧ"]):
            answer = await one.step(
                "reviewer", application, "site-check-record", {**seen, "inspectors": names}
            )
            assert [each["code"] for each in answer.json()["errors"]] == ["inspector_repeated"]
        ok(await one.step("reviewer", application, "site-check-record", seen))
        ok(await one.step("reviewer", application, "review", grant))

    async def test_the_clock_stops_for_experts_and_the_applicant_is_told_until_when(
        self, town: Town, one: Applicant
    ) -> None:
        application = await one.accepted()
        pause = {
            "ground": "expert_review",
            "reason": "组织专家评审",
            "expected_until": town.today.isoformat(),
        }
        ever = await one.step("reviewer", application, "pause", {**pause, "expected_until": "9999-12-31"})
        assert [each["code"] for each in ever.json()["errors"]] == ["expected_too_late"]
        past = await one.step("reviewer", application, "pause", {**pause, "expected_until": "2020-01-01"})
        assert refused(past, 422, "application_invalid")["errors"][0]["code"] == "expected_in_past"
        paused = ok(await one.step("reviewer", application, "pause", pause))
        assert paused["clock"]["stopped_since"] == town.today.isoformat()
        seen = (await one.read(application))["history"][-1]
        assert (seen["step"], seen["document"]["expected_until"]) == ("pause", town.today.isoformat())
        refused(await one.step("reviewer", paused, "findings", MET), 409, "application_step_not_open")
        resumed = ok(await one.step("reviewer", paused, "resumption", {"result": "专家意见：可行"}))
        assert (resumed["state"], resumed["days_left"], resumed["clock"]["stopped_since"]) == (
            "accepted",
            20,
            None,
        )

    async def test_the_applicant_sees_the_review_after_the_decision_only(self, one: Applicant) -> None:
        application = await one.reviewed()
        seen = await one.read(application)
        assert (seen["checklist"], steps(seen)) == (None, ["submit", "accept"])
        decision = {"outcome": "refuse", "reason": "未达标"}
        ok(await one.step("approver", application, "decision", decision))
        seen = await one.read(application)
        assert [each["outcome"] for each in seen["checklist"]] == ["met"] * 5
        assert "60日" in seen["history"][-1]["document"]["remedy_zh"]


class TestFourEyes:
    async def test_who_reviewed_does_not_decide_and_the_attempt_is_kept(
        self, town: Town, one: Applicant
    ) -> None:
        both = await town.caller(f"both.{one.uscc.lower()}", roles=["reviewer", "approver"], usccs=[])
        application = await one.accepted()
        ok(await one.step(both, application, "findings", MET))
        application = ok(await one.step("reviewer", application, "review", {"proposal": "grant"}))
        decision = {"outcome": "grant", "permit_number": one.number}
        refused(await one.step(both, application, "decision", decision), 409, "application_four_eyes")
        auditor = await town.staff("auditor")
        rows = await everything(auditor, "/v1/permits/audit", record=application["id"])
        denied = [row for row in rows if row["refusal"] == "application_four_eyes"]
        assert [(row["actor"], row["duty"]) for row in denied] == [(str(both.account), "approve")]
        ok(await one.step("approver", application, "decision", decision))

    async def test_who_submitted_does_not_review(self, town: Town, one: Applicant) -> None:
        both = await town.caller(
            f"mix.{one.uscc.lower()}", roles=["enterprise", "reviewer"], usccs=[one.uscc]
        )
        mine = ok(await both.post(PATH, one.application()))
        ok(await one.step("clerk", mine, "completeness", {"outcome": "accept"}))
        refused(await one.step(both, mine, "findings", MET), 409, "application_four_eyes")


class TestEia:
    """条例 art. 11(1)."""

    async def test_no_permit_on_what_an_enterprise_only_states(self, town: Town, one: Applicant) -> None:
        stated = ok(await one.caller.post(f"{EIA}/statements", eia_document(one.uscc, "锡环表〔2024〕3号")))
        assert (stated["state"], stated["usual_permit_class"]) == ("stated", "simplified")
        application = await one.accepted(eia_ids=[stated["id"]])
        ok(await one.step("reviewer", application, "findings", MET))
        grant = {"proposal": "grant"}
        refused(await one.step("reviewer", application, "review", grant), 409, "eia_unverified")
        reviewer = await town.staff("reviewer")
        path = f"{EIA}/{stated['id']}/verification"
        assert ok(await reviewer.post(path, {"outcome": "confirmed"}))["state"] == "confirmed"
        refused(await reviewer.post(path, {"outcome": "confirmed"}), 409, "eia_verified")
        ok(await one.step("reviewer", application, "review", grant))

    async def test_the_two_classes_stand_side_by_side(self, one: Applicant) -> None:
        document = eia_document(one.uscc, "锡环书〔2022〕1号", eia_class="report")
        report = ok(await (await one.town.staff("clerk")).post(EIA, document))
        application = await one.applied(eia_ids=[one.eia_id, report["id"]])
        assert [(each["eia_class"], each["remark_en"] is None) for each in application["eia"]] == [
            ("form", True),
            ("report", False),
        ]

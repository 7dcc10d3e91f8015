"""Applications for permits over HTTP: from the counter to the permit (条例 art. 7-12; 行政许可法 art. 38, 44, 45)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.kit.receipts import check_receipt
from services.kit.working_days import published_calendar
from tests.permits.applications.desk import (
    MET,
    PATH,
    Applicant,
    applicant,
    days,
    everything,
    ok,
    proposal,
    refused,
)
from tests.support.town import Town

CALENDAR = published_calendar()


@pytest.fixture
async def one(town: Town) -> Applicant:
    return await applicant(town)


def steps(application: dict[str, Any]) -> list[str]:
    return [each["step"] for each in application["history"]]


async def test_an_application_becomes_a_permit(town: Town, one: Applicant) -> None:
    application = await one.applied()
    assert (application["state"], application["revision"], application["basis"]) == (
        "submitted",
        1,
        "排污许可管理条例 第九条第（四）项",
    )
    assert days(application["deadline"]) == CALENDAR.deadline_after(town.today, 3).on
    application = ok(await one.step("clerk", application, "completeness", {"outcome": "accept"}))
    assert (application["state"], application["days_left"], application["deemed_accepted"]) == (
        "accepted",
        20,
        False,
    )
    assert days(application["deadline"]) == CALENDAR.deadline_after(town.today, 20).on
    application = ok(await one.step("reviewer", application, "findings", MET))
    assert [each["outcome"] for each in application["checklist"]] == ["met"] * 5
    application = ok(await one.step("reviewer", application, "review", {"proposal": "grant"}))
    decision = {"outcome": "grant", "permit_number": one.number}
    application = ok(await one.step("approver", application, "decision", decision))
    assert (application["state"], application["permit_number"], application["permit_version"]) == (
        "granted",
        one.number,
        1,
    )
    assert (application["days_left"], application["basis"]) == (10, "行政许可法 第四十四条")
    permit = (await one.caller.get(f"/v1/permits/permits/{one.number}")).json()
    assert {name: permit[name] for name in ("site_name", "management_class", "version")} == {
        "site_name": "一号厂区",
        "management_class": "simplified",
        "version": 1,
    }
    assert [outlet["code"] for outlet in permit["outlets"]] == ["DA001"]
    assert permit["valid_from"] == permit["issued_on"] == town.today.isoformat()
    delivered = {"method": "electronic", "received_by": "张某某"}
    application = ok(await one.step("clerk", application, "delivery", delivered))
    assert (application["state"], application["deadline"], application["clock"]) == ("delivered", None, None)
    assert steps(await one.read(application)) == [
        *("submit", "accept", "examine", "review", "grant", "deliver"),
    ]


async def test_what_the_law_wants_in_writing_is_sealed_and_dated(town: Town, one: Applicant) -> None:
    application = await one.granted()
    keys = (await town.public.get("/v1/permits/receipt-keys")).json()
    newest = application["newest"]
    receipt = check_receipt(newest["receipt"]["jws"], keys, document=newest["document"])
    assert (receipt.kind, receipt.on_behalf_of) == ("permits.application", one.uscc)
    sealed = {each["step"]: each for each in application["history"] if each["receipt"]}
    assert sorted(sealed) == ["accept", "grant"]
    for step in sealed.values():
        receipt = check_receipt(step["receipt"]["jws"], keys, document=step["document"])
        assert receipt.on_behalf_of == one.uscc
        assert step["document"]["on"] == town.today.isoformat()
        assert step["document"]["application_sha256"] == newest["receipt"]["document_sha256"]
    assert sealed["grant"]["document"]["permit_number"] == one.number


async def test_each_step_is_told_and_kept_in_the_trail(town: Town, one: Applicant) -> None:
    application = await one.granted()
    told = await everything(one.caller, "/v1/permits/applications", uscc=one.uscc)
    assert [each["id"] for each in told] == [application["id"]]
    auditor = await town.staff("auditor")
    rows = await everything(auditor, "/v1/permits/audit", record=application["id"])
    by_action = {row["action"]: row for row in rows}
    assert sorted(by_action) == [
        f"permits.application_{fact}.v1"
        for fact in ("accepted", "examined", "granted", "reviewed", "submitted")
    ]
    granted, reviewer = by_action["permits.application_granted.v1"], await town.staff("reviewer")
    assert (granted["duty"], granted["before"]["state"], granted["after"]["state"]) == (
        "approve",
        "reviewed",
        "granted",
    )
    assert set(granted["counterparts"]) == {str(reviewer.account), str(one.caller.account)}


class TestAtTheCounter:
    """条例 art. 9."""

    async def test_all_that_is_missing_is_said_once_and_answered_with_a_new_version(
        self, one: Applicant
    ) -> None:
        application = await one.applied()
        notice = {"outcome": "notify", "items": ["缺少自行监测方案", "排放口经纬度有误"]}
        told = ok(await one.step("clerk", application, "completeness", notice))
        assert (told["state"], told["deadline"], told["basis"]) == ("incomplete", None, None)
        assert told["history"][-1]["document"]["items"] == notice["items"]
        corrected = {
            "content": proposal(industry_code="4412"),
            "eia_ids": [one.eia_id],
            "corrects_version": 1,
        }
        answer = ok(await one.caller.post(f"{PATH}/{told['id']}/versions", corrected))
        assert (answer["state"], answer["version"], answer["days_left"]) == ("submitted", 2, 3)
        assert answer["newest"]["document"]["content"]["industry_code"] == "4412"
        first = (await one.caller.get(f"{PATH}/{told['id']}/versions/1")).json()
        assert first["document"]["content"]["industry_code"] == "4430"
        again = await one.step("clerk", application, "completeness", notice)
        refused(again, 409, "notice_only_once")
        declined = ok(
            await one.step(
                "clerk", application, "completeness", {"outcome": "decline", "items": ["监测方案仍缺"]}
            )
        )
        assert (declined["state"], declined["accepted_on"]) == ("not_accepted", None)

    async def test_a_correction_names_the_version_and_comes_when_it_was_asked_for(
        self, one: Applicant
    ) -> None:
        application = await one.applied()
        path = f"{PATH}/{application['id']}/versions"
        corrected = {"content": proposal(), "eia_ids": [one.eia_id], "corrects_version": 1}
        refused(await one.caller.post(path, corrected), 409, "application_step_not_open")
        allowed = {"outcome": "allow_correction", "items": ["名称有错字"]}
        ok(await one.step("clerk", application, "completeness", allowed))
        stale = await one.caller.post(path, {**corrected, "corrects_version": 2})
        refused(stale, 409, "application_superseded")
        other_site = {**corrected, "content": proposal(site_name="二号厂区")}
        found = refused(await one.caller.post(path, other_site), 422, "application_invalid")
        assert [each["code"] for each in found["errors"]] == ["another_site"]
        assert ok(await one.caller.post(path, corrected))["state"] == "submitted"

    @pytest.mark.parametrize(
        ("body", "state"),
        [
            ({"outcome": "not_required", "items": ["属登记管理"]}, "not_required"),
            (
                {
                    "outcome": "not_competent",
                    "items": ["跨区项目"],
                    "competent_authority": "自治区生态环境厅",
                },
                "not_competent",
            ),
        ],
    )
    async def test_what_is_not_needed_or_not_ours_ends_at_once(
        self, one: Applicant, body: dict[str, Any], state: str
    ) -> None:
        application = ok(await one.step("clerk", await one.applied(), "completeness", body))
        assert (application["state"], application["clock"], application["checklist"]) == (state, None, None)
        assert application["history"][-1]["receipt"] is not None
        again = await one.step("clerk", application, "completeness", {"outcome": "accept"})
        refused(again, 409, "application_step_not_open")

    async def test_a_refusal_says_why_and_where_to_go_all_at_once(self, one: Applicant) -> None:
        answer = await one.step("clerk", await one.applied(), "completeness", {"outcome": "not_competent"})
        found = refused(answer, 422, "application_invalid")
        assert [each["pointer"] for each in found["errors"]] == ["/items", "/competent_authority"]

    async def test_it_is_not_declined_for_what_was_never_asked_for(self, one: Applicant) -> None:
        declined = {"outcome": "decline", "items": ["材料不全"]}
        answer = await one.step("clerk", await one.applied(), "completeness", declined)
        refused(answer, 409, "notice_first")


class TestRaces:
    async def test_two_reviewers_at_once_one_of_them_reads_again(self, town: Town, one: Applicant) -> None:
        application = await one.accepted()
        first, second = (
            await town.staff("reviewer"),
            await town.caller(f"second.{one.uscc.lower()}", roles=["reviewer"], usccs=[]),
        )
        path = f"{PATH}/{application['id']}"
        etag = (await first.get(path)).headers["etag"]
        answers = await asyncio.gather(
            *(each.post(f"{path}/findings", MET, **{"If-Match": etag}) for each in (first, second))
        )
        assert sorted(each.status_code for each in answers) == [201, 412]
        assert steps((await first.get(path)).json()).count("examine") == 1

    async def test_a_withdrawal_races_a_grant_and_one_of_them_holds(self, one: Applicant) -> None:
        application = await one.reviewed()
        decision = {"outcome": "grant", "permit_number": one.number}
        granted, withdrawn = await asyncio.gather(
            one.step("approver", application, "decision", decision),
            one.caller.post(f"{PATH}/{application['id']}/withdrawal", {"reason": "项目取消"}),
        )
        assert (granted.status_code == 201) != (withdrawn.status_code == 201)
        permit = await one.caller.get(f"/v1/permits/permits/{one.number}")
        state = (await one.read(application))["state"]
        assert (state, permit.status_code) in (("granted", 200), ("withdrawn", 404))

    async def test_two_applications_at_once_for_one_site(self, one: Applicant) -> None:
        answers = await asyncio.gather(*(one.caller.post(PATH, one.application()) for _ in range(2)))
        assert sorted(each.status_code for each in answers) == [201, 409]
        loser = next(each for each in answers if each.status_code == 409)
        refused(loser, 409, "application_open")
        elsewhere = one.application(content=proposal(site_name="二号厂区"))
        ok(await one.caller.post(PATH, elsewhere))

    async def test_a_step_that_is_sent_twice_is_taken_once(self, town: Town, one: Applicant) -> None:
        application, clerk = await one.applied(), await town.staff("clerk")
        path = f"{PATH}/{application['id']}"
        etag = (await clerk.get(path)).headers["etag"]
        sent = [
            await clerk.post(
                f"{path}/completeness", {"outcome": "accept"}, key="k" * 20, **{"If-Match": etag}
            )
            for _ in range(2)
        ]
        assert sent[0].json() == sent[1].json()
        assert (await clerk.get(path)).json()["revision"] == 2


class TestRefusals:
    async def test_everything_wrong_with_an_application_is_said_at_once(
        self, town: Town, one: Applicant
    ) -> None:
        broken = one.application(
            permit_number=one.number,
            eia_ids=["00000000-0000-0000-0000-000000000000"],
            content=proposal(management_class="key"),
            enterprise={"name": "新名称"},
        )
        broken["content"]["outlets"][0]["medium"] = "water"
        found = refused(await one.caller.post(PATH, broken), 422, "application_invalid")
        assert {(each["pointer"], each["code"]) for each in found["errors"]} >= {
            ("/permit_number", "permit_number_of_first"),
            ("/pre_disclosure", "disclosure_missing"),
            ("/enterprise", "particulars_without_change"),
            ("/changed_on", "changed_on_missing"),
            ("/eia_ids/0", "eia_unknown"),
            ("/content/outlets/0/medium", "medium_mismatch"),
        }

    async def test_the_rules_speak_beside_a_wrong_shape(self, one: Applicant) -> None:
        broken = one.application(eia_ids=[], reason=7)
        found = refused(await one.caller.post(PATH, broken), 422, "invalid_document")
        assert {("/reason", "string_type"), ("/eia_ids", "eia_missing")} <= {
            (each["pointer"], each["code"]) for each in found["errors"]
        }

    async def test_a_step_of_the_bureau_names_what_was_read(self, town: Town, one: Applicant) -> None:
        application, clerk = await one.applied(), await town.staff("clerk")
        path = f"{PATH}/{application['id']}/completeness"
        refused(await clerk.post(path, {"outcome": "accept"}), 428, "precondition_required")
        stale = await clerk.post(path, {"outcome": "accept"}, **{"If-Match": '"7.20200101"'})
        refused(stale, 412, "precondition_failed")

    async def test_nobody_else_sees_or_touches_it(self, town: Town, one: Applicant) -> None:
        application, stranger = await one.applied(), (await applicant(town)).caller
        path = f"{PATH}/{application['id']}"
        refused(await stranger.get(path), 404, "application_not_found")
        withdrawal = await stranger.post(f"{path}/withdrawal", {"reason": "捣乱"})
        refused(withdrawal, 404, "application_not_found")
        refused(await stranger.post(PATH, one.application()), 404, "enterprise_not_found")
        assert await everything(stranger, PATH, uscc=one.uscc) == []

    @pytest.mark.parametrize(
        ("decision", "codes"),
        [
            ({"outcome": "refuse"}, ["reason_required"]),
            ({"outcome": "return"}, ["reason_required"]),
            ({"outcome": "grant"}, ["permit_number_missing"]),
            (
                {"outcome": "grant", "permit_number": "91110000000000000A001P", "valid_from": "2020-01-01"},
                ["permit_number_of_another", "valid_before_issue"],
            ),
        ],
    )
    async def test_a_decision_says_what_the_law_asks_of_it(
        self, town: Town, one: Applicant, decision: dict[str, Any], codes: list[str]
    ) -> None:
        if "permit_number" in decision:
            decision = {**decision, "permit_number": f"{town.new_uscc()}001P"}
        answer = await one.step("approver", await one.reviewed(), "decision", decision)
        assert [each["code"] for each in refused(answer, 422, "application_invalid")["errors"]] == codes


async def test_article_9_acceptance_and_decision_are_public_and_nothing_else(
    town: Town, one: Applicant
) -> None:
    async def public() -> list[dict[str, Any]]:
        answer = await town.public.get("/v1/permits/disclosure/applications", params={"uscc": one.uscc})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]  # type: ignore[no-any-return]

    application = await one.applied()
    assert await public() == []
    application = ok(await one.step("clerk", application, "completeness", {"outcome": "accept"}))
    (shown,) = await public()
    assert (shown["state"], shown["accepted_on"]) == ("accepted", town.today.isoformat())
    assert set(shown) == {
        *("id", "uscc", "enterprise_name", "kind", "site_name", "permit_number", "management_class"),
        *("state", "submitted_on", "accepted_on", "deemed_accepted", "decided_on"),
    }
    ok(await one.caller.post(f"{PATH}/{application['id']}/withdrawal", {"reason": "项目取消"}))
    assert await public() == []

"""Execution reports: submitting, correcting, reviewing, reading; over HTTP through the gateway."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from services.kit.receipts import check_receipt
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/reports"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """An enterprise for the tests that submit nothing."""
    return await town.holder()


@pytest.fixture
async def reviewer(town: Town) -> Caller:
    return await town.staff("reviewer")


def correction(submitted: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The same figures as a correction of the newest version."""
    document = submitted["document"]
    return {
        "production_days": document["production_days"],
        "values": document["values"],
        "corrects_version": submitted["version"],
        "reason": "抄录有误",
        **changes,
    }


class TestSubmit:
    async def test_the_answer_holds_the_report_as_stored_with_a_receipt_over_it(self, town: Town) -> None:
        holder = await town.holder()
        sent = await holder.report()
        answer = await holder.post(PATH, sent)
        body = answer.json()
        assert answer.status_code == 201
        assert answer.headers["location"] == f"{PATH}/{body['report']['id']}"
        assert (body["version"], body["report"]["state"], body["exceedances"]) == (1, "submitted", [])
        assert body["document"]["obligation_id"] == sent["obligation_id"]
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        receipt = check_receipt(body["receipt"]["jws"], keys, document=body["document"])
        assert (receipt.on_behalf_of, receipt.submitted_by) == (holder.uscc, str(holder.account))
        read = (await holder.get(answer.headers["location"])).json()
        assert read["newest"]["document"] == body["document"]
        assert read["newest"]["receipt"] == body["receipt"]
        assert {name: read[name] for name in body["report"]} == body["report"]

    async def test_a_second_report_for_the_same_period_is_409_and_names_the_first(self, town: Town) -> None:
        holder = await town.holder()
        sent = await holder.report()
        first = (await holder.post(PATH, sent)).json()["report"]["id"]
        answer = await holder.post(PATH, sent)
        assert is_problem(answer, 409, "already_reported")
        assert answer.json()["report"] == f"{PATH}/{first}"
        assert answer.json()["article"] == "排污许可管理条例 第二十二条"

    async def test_a_period_that_is_not_over_cannot_be_reported(self, town: Town) -> None:
        holder, clerk, year = await town.holder(), await town.staff("clerk"), town.today.year
        days = {"valid_from": f"{year}-01-01", "valid_to": f"{year + 4}-12-31", "issued_on": f"{year}-01-01"}
        permit = town.permit_content(holder.uscc, serial=2, **days)
        assert (await clerk.post("/v1/permits/permits", permit)).status_code == 201
        upcoming = await holder.get("/v1/permits/obligations", state="upcoming", limit=1)
        sent = {**await holder.report(), "obligation_id": upcoming.json()["items"][0]["id"]}
        answer = await holder.post(PATH, sent)
        assert is_problem(answer, 409, "period_not_over")
        assert answer.json()["period_end"] == upcoming.json()["items"][0]["period_end"]

    async def test_an_exceedance_without_an_explanation_is_refused_and_with_one_is_recorded(
        self, town: Town
    ) -> None:
        holder = await town.holder()
        sent = await holder.report()
        over = next(value for value in sent["values"] if value["pollutant_code"] == "a21002")
        over["concentration_max"] = "301.5"
        refused = await holder.post(PATH, sent)
        assert is_problem(refused, 422, "report_invalid")
        assert named(refused) == {("/exceedance_explanation", "exceedance_unexplained")}
        answer = await holder.post(PATH, {**sent, "exceedance_explanation": "脱硝系统检修，已恢复"})
        assert answer.status_code == 201
        assert answer.json()["exceedances"] == [
            {
                "outlet_code": "DA001",
                "pollutant_code": "a21002",
                "kind": "hourly_concentration",
                "limit": "300",
                "value": "301.5",
                "multiple": "0.01",
                "scope": "outlet",
            }
        ]

    async def test_a_value_equal_to_its_limit_is_no_exceedance(self, town: Town) -> None:
        holder = await town.holder()
        sent = await holder.report()
        for value in sent["values"]:
            value["concentration_max"] = "300.000"
        answer = await holder.post(PATH, sent)
        assert (answer.status_code, answer.json()["exceedances"]) == (201, [])

    async def test_everything_wrong_is_named_at_once_shape_and_rules(self, holder: Holder) -> None:
        sent = await holder.report()
        first, second = sent["values"]
        assert (first["pollutant_code"], second["pollutant_code"]) == ("a21002", "a21026")
        sent |= {
            "production_days": 93,
            "colour": "green",
            "values": [
                {**first, "concentration_max": 150.0, "concentration_average": "-1"},
                {**second, "outlet_code": "DA009", "method": "guess", "amount_t": "1"},
                {**second, "amount_t": "126", "method": None},
            ],
        }
        answer = await holder.post(PATH, sent)
        assert is_problem(answer, 422, "invalid_document")
        assert named(answer) == {
            ("/colour", "extra_forbidden"),
            ("/values/0/concentration_max", "decimal_string_expected"),
            ("/values/1/method", "literal_error"),
            ("/production_days", "too_many_days"),
            ("/values/0/concentration_average", "negative_value"),
            ("/values/1/outlet_code", "outlet_not_permitted"),
            ("/values/2/amount_t", "amount_implausible"),
            ("/values/2/method", "method_missing"),
        }
        articles = {error["code"]: error.get("article") for error in answer.json()["errors"]}
        assert articles["outlet_not_permitted"] == "排污许可管理条例 第二十二条"
        assert articles["amount_implausible"] == "排污许可管理条例 第二十二条、第三十七条"
        assert await walked(holder, PATH) == [[]]

    async def test_with_an_unreadable_obligation_only_the_shape_is_judged(self, holder: Holder) -> None:
        sent = {**await holder.report(), "production_days": 999, "obligation_id": "1"}
        answer = await holder.post(PATH, sent)
        assert named(answer) == {
            ("/obligation_id", "uuid_expected"),
            ("/production_days", "less_than_equal"),
        }

    async def test_with_somebody_elses_obligation_only_the_shape_is_judged(
        self, town: Town, holder: Holder
    ) -> None:
        foreign = await (await town.holder()).report()
        answer = await holder.post(PATH, {**foreign, "values": [], "production_days": "1"})
        assert named(answer) == {("/production_days", "int_type")}
        assert is_problem(await holder.post(PATH, foreign), 404, "obligation_not_found")

    async def test_an_obligation_that_is_not_there_is_404(self, holder: Holder) -> None:
        sent = {**await holder.report(), "obligation_id": str(uuid.uuid4())}
        assert is_problem(await holder.post(PATH, sent), 404, "obligation_not_found")

    async def test_the_bureau_does_not_report_for_an_enterprise(
        self, holder: Holder, reviewer: Caller
    ) -> None:
        sent = await holder.report()
        for content in (sent, {**sent, "production_days": "x"}):
            assert is_problem(await reviewer.post(PATH, content), 403, "forbidden")

    async def test_a_permit_without_limits_is_reported_without_lines(self, town: Town) -> None:
        holder, clerk = await town.holder(), await town.staff("clerk")
        permit = town.permit_content(holder.uscc, serial=2)
        permit["outlets"][0]["limits"] = []
        assert (await clerk.post("/v1/permits/permits", permit)).status_code == 201
        found = await holder.get(
            "/v1/permits/obligations", permit_number=permit["permit_number"], state="open"
        )
        sent = {"obligation_id": found.json()["items"][0]["id"], "production_days": 80, "values": []}
        assert (await holder.post(PATH, sent)).status_code == 201


class TestCorrect:
    async def test_a_correction_is_a_new_version_and_the_old_one_stays(self, town: Town) -> None:
        holder = await town.holder()
        submitted = await holder.submitted()
        path = f"{PATH}/{submitted['report']['id']}/versions"
        answer = await holder.post(path, correction(submitted, production_days=81))
        assert answer.status_code == 201
        assert answer.headers["location"] == f"{path}/2"
        assert answer.json()["receipt"]["receipt_id"] != submitted["receipt"]["receipt_id"]
        first, second = [(await holder.get(f"{path}/{number}")).json() for number in (1, 2)]
        assert (first["document"], first["receipt"]) == (submitted["document"], submitted["receipt"])
        assert (second["document"]["production_days"], second["document"]["reason"]) == (81, "抄录有误")
        for limit in (1, 2, 50):
            pages = await walked(holder, path, limit=limit)
            assert [row for page in pages for row in page] == [first, second]

    async def test_only_the_newest_version_can_be_corrected(self, town: Town) -> None:
        holder = await town.holder()
        submitted = await holder.submitted()
        path = f"{PATH}/{submitted['report']['id']}/versions"
        assert (await holder.post(path, correction(submitted))).status_code == 201
        for stale in (1, 3, 10**15):
            answer = await holder.post(path, correction(submitted, corrects_version=stale))
            assert is_problem(answer, 409, "version_superseded")
            assert answer.json()["version"] == 2

    async def test_a_correction_is_judged_like_a_report_all_at_once(self, town: Town) -> None:
        holder = await town.holder()
        submitted = await holder.submitted()
        path = f"{PATH}/{submitted['report']['id']}/versions"
        answer = await holder.post(path, correction(submitted, production_days=93))
        assert is_problem(answer, 422, "report_invalid")
        answer = await holder.post(path, correction(submitted, production_days=93, reason=7))
        assert named(answer) == {("/reason", "string_type"), ("/production_days", "too_many_days")}
        assert (await holder.get(f"{PATH}/{submitted['report']['id']}")).json()["version"] == 1

    async def test_of_somebody_elses_report_only_the_shape_of_the_correction_is_judged(
        self, town: Town, holder: Holder
    ) -> None:
        submitted = await (await town.holder()).submitted()
        path = f"{PATH}/{submitted['report']['id']}/versions"
        answer = await holder.post(path, correction(submitted, production_days=93, reason=7))
        assert named(answer) == {("/reason", "string_type")}

    async def test_an_accepted_report_is_not_corrected_and_not_reviewed_again(
        self, town: Town, reviewer: Caller
    ) -> None:
        holder = await town.holder()
        submitted = await holder.submitted()
        path = f"{PATH}/{submitted['report']['id']}"
        accepted = await reviewer.post(f"{path}/reviews", {"version": 1, "decision": "accept"})
        assert (accepted.status_code, accepted.json()["state"]) == (201, "accepted")
        answer = await holder.post(f"{path}/versions", correction(submitted))
        assert is_problem(answer, 409, "step_not_open")
        for decision in ("accept", "return"):
            again = {"version": 1, "decision": decision, "comment": "x"}
            assert is_problem(await reviewer.post(f"{path}/reviews", again), 409, "step_not_open")


class TestReview:
    async def test_a_returned_report_is_corrected_and_then_accepted(
        self, town: Town, reviewer: Caller
    ) -> None:
        holder = await town.holder()
        submitted = await holder.submitted()
        path = f"{PATH}/{submitted['report']['id']}"
        returned = await reviewer.post(
            f"{path}/reviews", {"version": 1, "decision": "return", "comment": "请核对氮氧化物"}
        )
        assert (returned.status_code, returned.json()["state"]) == (201, "returned")
        early = await reviewer.post(f"{path}/reviews", {"version": 1, "decision": "accept"})
        assert is_problem(early, 409, "step_not_open")
        assert (await holder.post(f"{path}/versions", correction(submitted))).status_code == 201
        accepted = await reviewer.post(f"{path}/reviews", {"version": 2, "decision": "accept"})
        assert accepted.status_code == 201
        read = (await holder.get(path)).json()
        assert read["state"] == "accepted"
        assert [(each["version"], each["decision"], each["comment"]) for each in read["reviews"]] == [
            (1, "return", "请核对氮氧化物"),
            (2, "accept", None),
        ]
        assert {each["reviewer"] for each in read["reviews"]} == {str(reviewer.account)}

    async def test_a_superseded_version_cannot_be_reviewed(self, town: Town, reviewer: Caller) -> None:
        holder = await town.holder()
        submitted = await holder.submitted()
        path = f"{PATH}/{submitted['report']['id']}"
        assert (await holder.post(f"{path}/versions", correction(submitted))).status_code == 201
        answer = await reviewer.post(f"{path}/reviews", {"version": 1, "decision": "accept"})
        assert is_problem(answer, 409, "version_superseded")

    async def test_a_return_needs_a_comment(self, town: Town, reviewer: Caller) -> None:
        path = f"{PATH}/{(await (await town.holder()).submitted())['report']['id']}/reviews"
        answer = await reviewer.post(path, {"version": 1, "decision": "return"})
        assert is_problem(answer, 422, "comment_required")
        assert named(answer) == {("/comment", "comment_required")}
        blank = await reviewer.post(path, {"version": 1, "decision": "return", "comment": "  "})
        assert named(blank) == {("/comment", "string_too_short")}

    async def test_whoever_submitted_does_not_review(self, town: Town) -> None:
        holder = await town.holder()
        both = await town.caller(
            f"both.{holder.uscc.lower()}", roles=["enterprise", "reviewer"], usccs=[holder.uscc]
        )
        answer = await both.post(PATH, await holder.report())
        path = f"{PATH}/{answer.json()['report']['id']}/reviews"
        refused = await both.post(path, {"version": 1, "decision": "accept"})
        assert is_problem(refused, 409, "four_eyes")

    async def test_only_a_reviewer_reviews(self, town: Town) -> None:
        holder = await town.holder()
        path = f"{PATH}/{(await holder.submitted())['report']['id']}/reviews"
        for caller in (holder, await town.staff("clerk"), await town.staff("inspector")):
            answer = await caller.post(path, {"version": 1, "decision": "accept"})
            assert is_problem(answer, 403, "forbidden")

    async def test_a_report_that_is_not_there_is_404(self, reviewer: Caller) -> None:
        answer = await reviewer.post(f"{PATH}/{uuid.uuid4()}/reviews", {"version": 1, "decision": "accept"})
        assert is_problem(answer, 404, "report_not_found")
